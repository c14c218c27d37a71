import {
  type Experience,
  encodeId,
  fieldIssue,
  type ListedExperience,
  type Offer,
  type PublicExperience,
  type Sequence,
  type ValidationIssue,
} from "@stanchion/contract";
import type { Selectable } from "kysely";
import type { Tables } from "../platform/database/index.ts";
import { stampsOf } from "../platform/http/index.ts";

export type ExperienceRow = Selectable<Tables["experiences"]>;
export type SequenceRow = Selectable<Tables["sequences"]>;

export function experienceStatus(
  row: Pick<ExperienceRow, "openAt" | "closeAt">,
  nowMs: number,
): PublicExperience["status"] {
  if (row.closeAt !== null && row.closeAt.getTime() <= nowMs) return "CLOSED";
  return row.openAt !== null && row.openAt.getTime() > nowMs ? "SCHEDULED" : "OPEN";
}

/** As everybody sees it: without the products that are not sold any more. */
export function publicExperienceOf(
  row: ExperienceRow,
  offers: readonly Offer[],
  nowMs: number,
): PublicExperience {
  const sold = offers.filter(({ status }) => status === "ACTIVE");
  return { ...factsOf(row, nowMs), products: sold.map(({ status: _, ...shown }) => shown) };
}

export function experienceOf(row: ExperienceRow, offers: readonly Offer[], nowMs: number): Experience {
  return { ...factsOf(row, nowMs), products: [...offers], ...stampsOf(row) };
}

export function listedExperienceOf(row: ExperienceRow, nowMs: number): ListedExperience {
  return { ...factsOf(row, nowMs), ...stampsOf(row) };
}

function factsOf(row: ExperienceRow, nowMs: number): Omit<PublicExperience, "products"> {
  return {
    id: encodeId("experience", row.id),
    name: row.name,
    slug: row.slug,
    status: experienceStatus(row, nowMs),
    openAt: row.openAt?.toISOString() ?? null,
    closeAt: row.closeAt?.toISOString() ?? null,
    timeZone: row.timeZone,
    theme: row.theme,
  };
}

export function sequenceOf(row: SequenceRow): Sequence {
  return {
    id: encodeId("sequence", row.id),
    experienceId: encodeId("experience", row.experienceId),
    name: row.name,
    priority: row.priority,
    ...stampsOf(row),
  };
}

export function timeOf(given: string | null | undefined, present: Date | null): Date | null {
  if (given === undefined) return present;
  return given === null ? null : new Date(given);
}

/** The issue of a closing that is not after the opening, on the later field. */
export function scheduleIssues(openAt: Date | null, closeAt: Date | null): ValidationIssue[] {
  if (openAt === null || closeAt === null || closeAt.getTime() > openAt.getTime()) return [];
  return [fieldIssue("closeAt", "order", "after openAt", closeAt.toISOString())];
}
