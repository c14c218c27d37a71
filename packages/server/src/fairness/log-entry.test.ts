import { readFileSync } from "node:fs";
import { decodeId, type IdKind } from "@stanchion/contract";
import { describe, expect, it } from "vitest";
import { canonicalJson } from "../platform/canonical-json.ts";
import { type LogEntry, writeEntry } from "./log-entry.ts";
import { hashLeaf, treeOfLeaves } from "./merkle-tree.ts";

interface LogVector {
  readonly name: string;
  readonly entries: readonly {
    readonly at: string;
    readonly data: Readonly<Record<string, unknown>>;
    readonly distributionId: string;
    readonly kind: string;
  }[];
  readonly leafHashes: readonly string[];
  readonly root: string;
}

const vectors: readonly LogVector[] = JSON.parse(
  readFileSync(new URL("../../../verify/vectors/logs.json", import.meta.url), "utf8"),
);

describe.each(vectors)("the $name of the vectors", ({ entries, leafHashes, root }) => {
  it("is written to the same bytes", () => {
    for (const { at, data, distributionId, kind } of entries) {
      const [word = ""] = distributionId.split("_");
      const id = decodeId(word as IdKind, distributionId) ?? "";
      // Of every kind there is one, and its data is what the type says.
      const entry = { distribution: { kind: word, id }, kind, data } as unknown as LogEntry;
      expect(writeEntry(entry, new Date(at))).toBe(canonicalJson({ at, data, distributionId, kind }));
    }
  });

  it("has the same leaves and the same root", () => {
    const leaves = entries.map((entry) => hashLeaf(canonicalJson(entry)));
    expect(leaves.map((leaf) => leaf.toString("hex"))).toEqual(leafHashes);
    expect(treeOfLeaves(leaves).root.toString("hex")).toBe(root);
  });
});
