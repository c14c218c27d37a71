/** It is the fan's turn to buy: in a line, or having won in a draw. */
import { checkoutHref } from "./admission-link.ts";
import { maintenanceSince, type PageState, type Standing, turnLeftSeconds } from "./page-state.ts";
import { leaveOf, nothing, type SceneView } from "./scene-view.ts";
import type { CountdownView, SpokenView } from "./view-model.ts";
import { formatCountdown, formatSpoken, formatTime } from "./wording.ts";
import type { Words } from "./words.ts";

const lastMinuteSeconds = 60;

type TurnState = Standing & Pick<PageState, "checkoutUrl" | "isLeaveAsked">;

export function turnView(state: TurnState, nowMs: number): SceneView {
  const { say } = state.words;
  const { admission } = state.snapshot;
  const leftSeconds = turnLeftSeconds(state, nowMs);
  const href = admission === null ? null : checkoutHref(state.checkoutUrl, admission.token);
  const text = href === null ? say("turnTextShop") : say("turnText");
  return {
    ...nothing,
    headline: say("turnHeadline"),
    paragraphs: [text, ...turnStandstill(state)],
    tab: say("titleTurn"),
    countdown: turnCountdown(state, leftSeconds, nowMs),
    checkout: href === null ? null : { href, isBusy: state.work?.kind === "checkout" },
    token: href === null ? (admission?.token ?? null) : null,
    leave: leaveOf(state, say("leaveTurnButton"), say("leaveTurnQuestion")),
    spoken: spokenTurn(state.words, leftSeconds),
    extras: "turn",
    isTicking: true,
  };
}

/** Why nothing can be done with the turn at the moment. */
function turnStandstill(state: TurnState): string[] {
  const { say } = state.words;
  if (maintenanceSince(state) !== null) return [say("turnMaintenance")];
  return state.snapshot.connection === "offline" ? [say("turnOffline")] : [];
}

function turnCountdown(
  { words }: TurnState,
  leftSeconds: number | null,
  nowMs: number,
): CountdownView | null {
  const { say } = words;
  if (leftSeconds === null) return null;
  const localEndMs = nowMs + leftSeconds * 1_000;
  return {
    label: say("turnLabel"),
    text: formatCountdown(words, leftSeconds),
    note: say("turnUntil", { end: formatTime(words, localEndMs, nowMs) }),
  };
}

function spokenTurn(words: Words, leftSeconds: number | null): SpokenView {
  const { say } = words;
  if (leftSeconds === null)
    return { key: "turn", text: say("sentence", { text: say("turnHeadline") }), isUrgent: true };
  if (leftSeconds <= lastMinuteSeconds)
    return {
      key: "last minute",
      text: say("spokenLastMinute", { left: formatSpoken(words, leftSeconds) }),
      isUrgent: true,
    };
  return { key: "turn", text: say("spokenTurn", { left: formatSpoken(words, leftSeconds) }), isUrgent: true };
}
