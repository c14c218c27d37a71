import { readFileSync } from "node:fs";
import { auditActions } from "@stanchion/contract";
import { expect, it } from "vitest";
import { generatedFiles } from "./generated-files.ts";

it.each(generatedFiles())("$file is what the contract makes of it", ({ file, text }) => {
  expect(readFileSync(file, "utf8")).toBe(text);
});

it("lists every action in the guide of the audit log, once", () => {
  const guide = generatedFiles().find(({ file }) => file.endsWith("/audit-log.md"))?.text ?? "";
  const table = guide.slice(guide.indexOf("### Every action"), guide.indexOf("## As CSV"));
  const listed = [...table.matchAll(/`([a-z_]+\.[a-z_]+)`/g)].map(([, action]) => action);
  expect(listed.toSorted()).toEqual([...auditActions].toSorted());
});
