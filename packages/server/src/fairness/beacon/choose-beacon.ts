import { type Beacon, fieldIssue, type ValidationIssue } from "@stanchion/contract";
import type { DrandChain } from "./drand-chain.ts";
import { chainNamed, chainNames } from "./known-chains.ts";

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
  if (chain === undefined)
    return refused(["beacon", "chain"], "reference", `drand chain: ${chainNames(others).join(", ")}`, name);
  return { setting: { kind: "drand", chain: name }, chain };
}

function refused(...issue: Parameters<typeof fieldIssue>) {
  return { issues: [fieldIssue(...issue)] };
}
