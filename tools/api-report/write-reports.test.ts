import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { settleFolder } from "./settle-folder.ts";
import { writeReports } from "./write-reports.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "stanchion-api-test-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, file)), { recursive: true });
  await writeFile(join(folder, file), text);
}

const reportsOf = (...files: string[]) =>
  writeReports(
    files.map((file) => ({ way: `@stanchion/${file}`, file: join(folder, `sdk/${file}.d.ts`) })),
    join(folder, "contract"),
  );

describe("writeReports", () => {
  beforeEach(async () => {
    await write(
      "sdk/index.d.ts",
      `/** The door. */
import type { Hidden } from "./hidden.js";
export type { Entry, EntryStatus as Status } from "../contract/index.js";
export { join, type Options } from "./join.js";
export interface Line<T> {
    /** A word. */
    readonly phase: "waiting" | "turn";
    readonly hidden: Hidden;
    readonly given: T;
}
`,
    );
    await write(
      "sdk/join.d.ts",
      `import type { ReactNode } from "react";
import type { Board } from "../contract/index.js";
import type { Line } from "./index.js";
/** What it takes. */
export interface Options {
    readonly board?: Board;
    readonly Unused?: ReactNode;
}
/** Not to be seen. */
export interface Unused {}
/** Joins. */
export declare function join(options: Options): Promise<Line<string>>;
export declare function join(id: string, Unused: boolean): void;
`,
    );
    await write(
      "sdk/hidden.d.ts",
      `declare const table: { readonly a: 1 };
export declare class Hidden {
    #private;
    readonly keys: keyof typeof table;
}
`,
    );
    await write("sdk/second.d.ts", `export { join as enter } from "./join.js";\n`);
  });

  it("tells what is exported, and what that is made of, without comments", async () => {
    const [report] = await reportsOf("index");
    expect(report).toBe(`# The public API of \`@stanchion/index\`

Written by \`npm run api-report\` from the declarations that are packed, without their comments. First what is exported, then what
that is made of.

Of the contract, whose shapes \`docs/reference\` tells: \`Board\`, \`Entry\`, \`EntryStatus\`.

\`\`\`ts
export { Entry };

export interface Line<T> {
    readonly phase: "waiting" | "turn";
    readonly hidden: Hidden;
    readonly given: T;
}

export interface Options {
    readonly board?: Board;
    readonly Unused?: ReactNode;
}

export { EntryStatus as Status };

export function join(options: Options): Promise<Line<string>>;
export function join(id: string, Unused: boolean): void;
\`\`\`

\`\`\`ts
class Hidden {
    readonly keys: keyof typeof table;
}

const table: { readonly a: 1 };
\`\`\`
`);
  });

  it("leaves what another way in exports to that, also under another name", async () => {
    const [, report] = await reportsOf("index", "second");
    expect(report).toContain("Told of `@stanchion/index`: `join`.");
    expect(report).toContain("```ts\nexport { join as enter };\n```\n");
    expect(report).not.toContain("interface");
  });

  it("is the same whatever the comments say, and another where a member is another", async () => {
    const before = await reportsOf("index");
    const file = join(folder, "sdk/hidden.d.ts");
    const text = await readFile(file, "utf8");
    await writeFile(file, text.replace("export declare class", "/** New words. */\nexport declare class"));
    expect(await reportsOf("index")).toEqual(before);
    await writeFile(file, text.replace("a: 1", "a: 1 | 2"));
    expect(await reportsOf("index")).not.toEqual(before);
  });

  it("refuses what it could not tell", async () => {
    await write("sdk/all.d.ts", `export * from "./join.js";\n`);
    await expect(reportsOf("all")).rejects.toThrow("all.d.ts exports without a name");
  });
});

describe("settleFolder", () => {
  it("finds what is not up to date, and mends it only when it is not asked to check", async () => {
    const texts = new Map([
      ["same.md", "same"],
      ["changed.md", "new"],
      ["missing.md", "missing"],
    ]);
    for (const [file, text] of Object.entries({ "same.md": "same", "changed.md": "old", "gone.md": "" }))
      await write(file, text);
    const stale = ["changed.md", "gone.md", "missing.md"];
    expect((await settleFolder(folder, texts, true)).toSorted()).toEqual(stale);
    expect((await settleFolder(folder, texts, false)).toSorted()).toEqual(stale);
    expect(await settleFolder(folder, texts, true)).toEqual([]);
    expect((await readdir(folder)).toSorted()).toEqual([...texts.keys()].toSorted());
    expect(await readFile(join(folder, "changed.md"), "utf8")).toBe("new");
  });
});
