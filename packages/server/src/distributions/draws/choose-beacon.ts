import { type Beacon, fieldIssue, limits, type ValidationIssue } from "@stanchion/contract";
import { chainNamed, type DrandChain } from "../../fairness/index.ts";

/** A choice as it came; absent and null: none was made. */
export type BeaconChoice = { kind: Beacon["kind"]; chain?: string | null | undefined } | null | undefined;

export interface ChosenBeacon {
  readonly setting: Beacon;
  readonly chain: DrandChain | null;
}

/** What a choice comes to. In test mode it may be left out; live, whoever makes a draw says by what it is to be drawn. */
export function chooseBeacon(
  choice: BeaconChoice,
  isLive: boolean,
  others: readonly DrandChain[],
): ChosenBeacon | { readonly issues: readonly ValidationIssue[] } {
  if (choice === null || choice === undefined)
    return isLive
      ? refused("beacon", "required", "object", choice === null ? "null" : "undefined")
      : { setting: { kind: "none" }, chain: null };
  const name = choice.chain ?? null;
  if (choice.kind === "none")
    return name === null
      ? { setting: { kind: "none" }, chain: null }
      : refused(["beacon", "chain"], "enum", "null", name);
  if (name === null) return refused(["beacon", "chain"], "required", "string", "undefined");
  const chain = chainNamed(name, others);
  if (chain === undefined) return refused(["beacon", "chain"], "reference", "drand chain", name);
  return { setting: { kind: "drand", chain: name }, chain };
}

function refused(...issue: Parameters<typeof fieldIssue>) {
  return { issues: [fieldIssue(...issue)] };
}

/** What is wrong with a close that is over when a draw is made, as with a time in a wrong zone. */
export function pastIssues(closeAt: Date, now: Date | null): ValidationIssue[] {
  if (now === null || closeAt.getTime() > now.getTime()) return [];
  return [fieldIssue("closeAt", "order", "after now", closeAt.toISOString())];
}

/** What is wrong with the time of a draw, which comes at the close, and with a beacon a minute later at the earliest. */
export function drawTimeIssues(closeAt: Date, drawAt: Date, chain: DrandChain | null): ValidationIssue[] {
  const secondsMin = chain === null ? 0 : limits.closeToDrawSecondsMin;
  if (drawAt.getTime() >= closeAt.getTime() + secondsMin * 1_000) return [];
  const expected = secondsMin === 0 ? "not before closeAt" : `${secondsMin} s or more after closeAt`;
  return [fieldIssue("drawAt", "order", expected, drawAt.toISOString())];
}
