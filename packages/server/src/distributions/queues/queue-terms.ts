import { type EntryLevel, fieldIssue, type ValidationIssue } from "@stanchion/contract";
import { scheduleIssues } from "../../experiences/index.ts";
import { type ChosenBeacon, chooseBeacon, type DrandChain } from "../../fairness/index.ts";
import { validationError } from "../../platform/errors/index.ts";

/** What a queue promises to those who join it. */
export interface QueueTerms {
  readonly openAt: Date | null;
  readonly closeAt: Date | null;
  readonly shuffleBeforeOpen: boolean;
  readonly joinFrom: Date | null;
  readonly entryLevel: EntryLevel;
}

export type BeaconChoice = Parameters<typeof chooseBeacon>[0];

/**
 * What the choice of a beacon comes to. Throws every issue of it and of the terms at once. A live line whose order is drawn says by
 * what; a line without a drawing has nothing to choose.
 * @param judgesSchedule whether opening and closing must be in order
 */
export function requireTerms(
  terms: QueueTerms,
  choice: BeaconChoice,
  {
    isLive,
    chains,
    judgesSchedule,
  }: { isLive: boolean; chains: readonly DrandChain[]; judgesSchedule: boolean },
): ChosenBeacon {
  const beacon = chooseBeacon(choice, isLive && terms.shuffleBeforeOpen, chains);
  const issues = [
    ...(judgesSchedule ? scheduleIssues(terms.openAt, terms.closeAt) : []),
    ...(terms.shuffleBeforeOpen ? openingIssues(terms) : plainIssues(terms, choice)),
    ...("issues" in beacon ? beacon.issues : []),
  ];
  if (issues.length > 0 || "issues" in beacon) throw validationError(issues);
  return beacon;
}

function openingIssues({ openAt, joinFrom }: QueueTerms): ValidationIssue[] {
  if (openAt === null) return [fieldIssue("openAt", "required", "date-time with offset", "null")];
  if (joinFrom === null || joinFrom.getTime() < openAt.getTime()) return [];
  return [fieldIssue("joinFrom", "order", "before openAt", joinFrom.toISOString())];
}

const onlyShuffled = "null without shuffleBeforeOpen";

function plainIssues({ joinFrom }: QueueTerms, choice: BeaconChoice): ValidationIssue[] {
  const kind = choice?.kind ?? "none";
  return [
    ...(joinFrom === null ? [] : [fieldIssue("joinFrom", "enum", onlyShuffled, joinFrom.toISOString())]),
    ...(kind === "none" ? [] : [fieldIssue("beacon", "enum", onlyShuffled, kind)]),
  ];
}
