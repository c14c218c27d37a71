import { dirname, join } from "node:path";
import { type DeclarationModule, readDeclarations, type Source } from "./declarations.ts";

/** One way into a package. */
export interface Entry {
  /** As it is imported: `@stanchion/sdk/debug`. */
  readonly way: string;
  /** Its declarations. */
  readonly file: string;
}

interface Found {
  readonly name: string;
  readonly file: string;
  readonly text: string;
}

/** What is declared by the contract or by another package. */
interface Outside {
  readonly name: string;
  readonly file: null;
}

/**
 * Everything that can be seen by whoever imports each of the entries of one package, as a text that changes only when that does. What
 * another entry exports is told there, and what is the contract's, whose declarations are below `contract`, by the reference.
 */
export async function writeReports(entries: readonly Entry[], contract: string): Promise<string[]> {
  const follower = new Follower(contract);
  const tellers = new Map<string, string>();
  for (const { way, file } of entries)
    for (const [, found] of await follower.exportsOf(file))
      if (found.file !== null && !tellers.has(keyOf(found))) tellers.set(keyOf(found), way);
  return Promise.all(entries.map((entry) => writeReport(entry, new Follower(contract), tellers)));
}

async function writeReport(
  { way, file }: Entry,
  follower: Follower,
  tellers: ReadonlyMap<string, string>,
): Promise<string> {
  const exported = await follower.exportsOf(file);
  const own = new Set<string>();
  for (const [name, found] of exported) if (found.file !== null && found.name === name) own.add(keyOf(found));
  const elsewhere = (found: Found): boolean => !own.has(keyOf(found)) && tellers.has(keyOf(found));
  for (const [, found] of exported) if (found.file !== null) await follower.followUses(found, elsewhere);
  const others = [...follower.met.values()].filter((found) => !own.has(keyOf(found)));
  const inside = others.filter((found) => !elsewhere(found)).toSorted(byKey);
  const told = new Map<string, string[]>();
  for (const found of others.filter(elsewhere).toSorted(byKey)) {
    const teller = tellers.get(keyOf(found)) ?? "";
    told.set(teller, [...(told.get(teller) ?? []), found.name]);
  }
  const blocks = [[...exported].map(lineOf), inside.map(({ text }) => text)];
  const code = blocks
    .filter((block) => block.length > 0)
    .map((block) => `\`\`\`ts\n${block.join("\n\n")}\n\`\`\``);
  return `${[
    `# The public API of \`${way}\``,
    "Written by `npm run api-report` from the declarations that are packed, without their comments. First what is exported, then what\nthat is made of.",
    ...[...told].map(([teller, names]) => `Told of \`${teller}\`: ${namesOf(names)}.`),
    ...(follower.ofContract.size === 0
      ? []
      : [`Of the contract, whose shapes \`docs/reference\` tells: ${namesOf([...follower.ofContract])}.`]),
    ...code,
  ].join("\n\n")}\n`;
}

function lineOf([name, found]: [string, Found | Outside]): string {
  if (found.name !== name) return `export { ${found.name} as ${name} };`;
  if (found.file === null) return `export { ${name} };`;
  // Each declaration of the name, where there are several.
  const beginnings = /^(?=(abstract class|class|const|enum|function|interface|type)\b)/gm;
  return found.text.replaceAll(beginnings, "export ");
}

function namesOf(names: readonly string[]): string {
  return names
    .toSorted()
    .map((name) => `\`${name}\``)
    .join(", ");
}

/** Follows names from module to module, and keeps everything that it has met. */
class Follower {
  readonly met = new Map<string, Found>();
  readonly ofContract = new Set<string>();
  readonly #contract: string;
  readonly #modules = new Map<string, Promise<DeclarationModule>>();

  constructor(contract: string) {
    this.#contract = contract;
  }

  /** What each name stands for in the end, in the order of the names. */
  async exportsOf(file: string): Promise<Map<string, Found | Outside>> {
    const found = new Map<string, Found | Outside>();
    for (const name of [...(await this.#read(file)).exports.keys()].toSorted())
      found.set(name, await this.#findExport(file, name));
    return found;
  }

  /** Meets everything that this is made of, but for what of that is told elsewhere. */
  async followUses(found: Found, isToldElsewhere: (found: Found) => boolean): Promise<void> {
    const isKnown = this.met.has(keyOf(found));
    this.met.set(keyOf(found), found);
    if (isKnown || isToldElsewhere(found)) return;
    const { declarations } = await this.#read(found.file);
    for (const use of declarations.get(found.name)?.uses ?? []) {
      const next = await this.#findLocal(found.file, use);
      if (next.file !== null) await this.followUses(next, isToldElsewhere);
    }
  }

  #read(file: string): Promise<DeclarationModule> {
    const known = this.#modules.get(file) ?? readDeclarations(file);
    this.#modules.set(file, known);
    return known;
  }

  async #findExport(file: string, name: string): Promise<Found | Outside> {
    const source = (await this.#read(file)).exports.get(name);
    if (source === undefined) throw new Error(`${file} has no ${name}.`);
    return typeof source === "string" ? this.#findLocal(file, source) : this.#findFrom(file, source);
  }

  async #findFrom(file: string, { from, name }: Source): Promise<Found | Outside> {
    if (!from.startsWith(".")) return { name, file: null };
    const next = join(dirname(file), from.replace(/\.js$/, ".d.ts"));
    if (!next.startsWith(this.#contract)) return this.#findExport(next, name);
    this.ofContract.add(name);
    return { name, file: null };
  }

  async #findLocal(file: string, name: string): Promise<Found | Outside> {
    const { declarations, imports } = await this.#read(file);
    const source = imports.get(name);
    if (source !== undefined) return this.#findFrom(file, source);
    const declaration = declarations.get(name);
    // Of the language, or a parameter of a type.
    return declaration === undefined ? { name, file: null } : { name, file, text: declaration.text };
  }
}

function keyOf({ name, file }: Found): string {
  return `${name} ${file}`;
}

function byKey(a: Found, b: Found): number {
  return keyOf(a) < keyOf(b) ? -1 : 1;
}
