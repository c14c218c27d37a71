import { type Catalogue, english } from "@stanchion/contract";

/** One member of a header such as Accept, with its weight. */
interface Weighted {
  /** In lower case, without parameters. */
  readonly value: string;
  /** From 0, which refuses, to 1. */
  readonly weight: number;
}

const problemType = "application/problem+json";

/**
 * Does a caller who sends this Accept want its refusals as problem+json? Whoever names it does, unless something that
 * our own shape fits is wished for more; whoever does not, only where our own shape is refused.
 */
export function prefersProblem(accept: string | undefined): boolean {
  if (accept === undefined || accept === "*/*") return false;
  const ranges = readWeighted(accept);
  const ofProblem = weightOf(problemType, ranges);
  const ofJson = weightOf("application/json", ranges);
  const isNamed = ranges.some(({ value }) => value === problemType);
  return ofProblem > 0 && (isNamed ? ofProblem >= ofJson : ofJson === 0);
}

/** The weight of the closest range: the type itself, then its main type, then everything. */
function weightOf(type: string, ranges: readonly Weighted[]): number {
  const mainType = `${type.slice(0, type.indexOf("/"))}/*`;
  for (const range of [type, mainType, "*/*"]) {
    const found = ranges.find(({ value }) => value === range);
    if (found !== undefined) return found.weight;
  }
  return 0;
}

/** The catalogue for an Accept-Language: the wished language, a wider one of it (de for de-CH), else the first. */
export function chooseCatalogue(
  catalogues: readonly Catalogue[],
  acceptLanguage: string | undefined,
): Catalogue {
  const [usual = english, ...others] = catalogues;
  return others.length === 0
    ? usual
    : (chooseByLanguage(catalogues, wishedLanguages(acceptLanguage)) ?? usual);
}

/** What is there in a wished language, or in a wider one of it; null where nothing is, or anything is as good. Wishes are in lower case. */
export function chooseByLanguage<T extends { readonly language: string }>(
  offered: readonly T[],
  wishes: readonly string[],
): T | null {
  if (offered.length === 0) return null;
  for (const value of wishes) {
    if (value === "*") return null;
    for (let tag = value; tag !== ""; tag = tag.slice(0, Math.max(0, tag.lastIndexOf("-")))) {
      const found = offered.find(({ language }) => language.toLowerCase() === tag);
      if (found !== undefined) return found;
    }
  }
  return null;
}

/** The language tags of an Accept-Language, in lower case, what is wished for most first. */
export function wishedLanguages(acceptLanguage: string | undefined): string[] {
  const wishes = readWeighted(acceptLanguage ?? "").filter(({ weight }) => weight > 0);
  return wishes.toSorted((a, b) => b.weight - a.weight).map(({ value }) => value);
}

// A comma inside a quoted parameter divides nothing.
const members = /(?:[^,"]|"(?:[^"\\]|\\.)*"?)+/g;
const weightPattern = /;\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*(?:;|$)/;
const membersMax = 50;

function readWeighted(header: string): Weighted[] {
  const found: Weighted[] = [];
  for (const [member] of header.toLowerCase().matchAll(members)) {
    if (found.length === membersMax) break;
    const value = member.split(";", 1)[0]?.trim() ?? "";
    const weight = Number(weightPattern.exec(member)?.[1] ?? 1);
    if (value !== "") found.push({ value, weight: Math.min(1, weight) });
  }
  return found;
}
