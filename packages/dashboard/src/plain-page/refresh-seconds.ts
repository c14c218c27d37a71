import { opensAt, type PageState, type Scene, turnLeftSeconds } from "@stanchion/element/page-state";

const secondsMin = 5;
const secondsMax = 60;
/** So many pages a second are loaded at most where all wait for the same moment. */
const pagesPerSecond = 2_000;

/**
 * After how many seconds the page is loaded again; null: nothing will change by itself. Who is far away asks once a minute, who
 * is near more often: of a line that admits n a second, some 30 n pages a second are loaded by those within eight minutes, however
 * many stand behind them. `random` is 0 to 1: no two waits are the same.
 */
export function refreshSeconds(scene: Scene, state: PageState, nowMs: number, random: number): number | null {
  if (state.isLeaveAsked) return null;
  const failure = state.actionFailure ?? state.watchFailure;
  const demanded = failure?.error.retryAfterSeconds ?? 0;
  const base = baseSeconds(scene, state, nowMs, random);
  if (failure === null || (base === null && demanded === 0)) return base === null ? null : within(base);
  // Long enough to read what was refused, and never before the server wants it.
  return Math.max(20, Math.ceil(demanded)) + Math.ceil(random * Math.max(secondsMin, demanded / 10));
}

function baseSeconds(scene: Scene, state: PageState, nowMs: number, random: number): number | null {
  const jitter = 0.8 + random * 0.4;
  const crowdSeconds = clamp((state.snapshot.board?.waiting ?? 0) / pagesPerSecond);
  switch (scene) {
    case "waiting":
      return clamp((state.snapshot.estimatedWaitSeconds ?? unknownWaitSeconds(state)) / 8) * jitter;
    case "turn":
      return Math.min(20 * jitter, (turnLeftSeconds(state, nowMs) ?? 20) + 1);
    case "turn-over":
      return 15 * jitter;
    case "drawing":
      return crowdSeconds * (0.5 + random);
    case "scheduled":
    case "early":
    case "before-opening":
      return openingSeconds(state, nowMs, random * Math.max(15, crowdSeconds)) ?? 50 * jitter;
    case "open":
    case "full":
      return 50 * jitter;
    case "loading":
    case "problem":
      return 15 * jitter;
    default:
      return null;
  }
}

/** Who is far away is so whatever becomes of the wait: it cannot be shorter than the rate allows. */
function unknownWaitSeconds({ snapshot: { board, position } }: PageState): number {
  return Math.max(240, board === null ? 0 : ((position ?? 0) * 60) / board.admitRate);
}

/** Just behind an opening that is near; null where it is not. */
function openingSeconds(state: PageState, nowMs: number, spread: number): number | null {
  const opensAtMs = opensAt(state);
  const left = opensAtMs === null ? Number.POSITIVE_INFINITY : (opensAtMs - nowMs) / 1_000;
  return left > secondsMax ? null : Math.max(0, left) + spread;
}

function clamp(seconds: number): number {
  return Math.min(secondsMax, Math.max(secondsMin, seconds));
}

function within(seconds: number): number {
  return Math.ceil(clamp(seconds));
}
