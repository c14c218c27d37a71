/** What a module of declarations (.d.ts) declares, imports and exports. */
import { readFile } from "node:fs/promises";
import { parseSync } from "rolldown/utils";

/** A name of another module. */
export interface Source {
  /** As it is written: "./x.js", or a package. */
  readonly from: string;
  readonly name: string;
}

/** One declaration, or all those of one name. */
export interface Declaration {
  /** Without `export` and `declare`, and without comments. */
  readonly text: string;
  /** The names that stand in it for types and values, its own among them. */
  readonly uses: ReadonlySet<string>;
}

/** A module as a reader of its types knows it. */
export interface DeclarationModule {
  readonly declarations: ReadonlyMap<string, Declaration>;
  readonly imports: ReadonlyMap<string, Source>;
  /** By the name that is exported: one of its own declarations or imports, or one of another module. */
  readonly exports: ReadonlyMap<string, string | Source>;
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [member: string]: unknown;
}

/**
 * Reads a file of declarations as the compiler writes them.
 *
 * @throws {Error} when it cannot be parsed, or exports in a way that this does not know
 */
export async function readDeclarations(file: string): Promise<DeclarationModule> {
  const text = await readFile(file, "utf8");
  const { program, comments, errors } = parseSync(file, text, { lang: "dts" });
  if (errors.length > 0) throw new Error(`${file} cannot be parsed: ${errors[0]?.message}`);
  const plain = blank(text, comments);
  const declarations = new Map<string, Declaration>();
  const imports = new Map<string, Source>();
  const exports = new Map<string, string | Source>();
  for (const statement of nodesIn(program.body)) {
    const declared = nodeIn(statement.declaration) ?? statement;
    if (statement.type === "ImportDeclaration") {
      for (const part of nodesIn(statement.specifiers))
        imports.set(nameOf(part.local), {
          from: textIn(statement.source, "value"),
          name: nameOf(part.imported ?? part.local),
        });
    } else if (statement.type === "ExportNamedDeclaration" && statement.declaration === null) {
      for (const part of nodesIn(statement.specifiers)) {
        const name = nameOf(part.local);
        const source = nodeIn(statement.source);
        exports.set(nameOf(part.exported), source ? { from: textIn(source, "value"), name } : name);
      }
    } else {
      if (/^Export(All|Default)/.test(statement.type)) throw new Error(`${file} exports without a name.`);
      for (const name of namesOf(declared)) {
        const before = declarations.get(name);
        const own = textOf(plain, declared);
        const uses = new Set([...(before?.uses ?? []), ...usesIn(declared)]);
        declarations.set(name, { text: before === undefined ? own : `${before.text}\n${own}`, uses });
        if (statement.type === "ExportNamedDeclaration") exports.set(name, name);
      }
    }
  }
  return { declarations, imports, exports };
}

/** The text with spaces in place of its comments, so that places in it stay the same. */
function blank(text: string, comments: readonly { readonly start: number; readonly end: number }[]): string {
  let plain = text;
  for (const { start, end } of comments)
    plain = plain.slice(0, start) + " ".repeat(end - start) + plain.slice(end);
  return plain;
}

/** Lines that held comments alone are left out, and members that are private. */
function textOf(plain: string, { start, end }: Node): string {
  const lines = plain.slice(start, end).split("\n");
  const kept = lines.map((line) => line.trimEnd()).filter((line) => !/^\s*(#private;)?$/.test(line));
  return kept.join("\n").replace(/^declare /, "");
}

function namesOf(declared: Node): string[] {
  const variables = nodesIn(declared.declarations);
  const named = variables.length > 0 ? variables : [declared];
  return named.flatMap(({ id }) => (nodeIn(id) ? [nameOf(id)] : []));
}

/** Names of members and parameters are not among them. */
function usesIn(node: Node): Set<string> {
  const uses = new Set<string>();
  const visit = (value: unknown): void => {
    const here = nodeIn(value);
    if (Array.isArray(value)) value.forEach(visit);
    else if (here?.type === "Identifier") {
      uses.add(nameOf(here));
      visit(here.typeAnnotation);
    } else if (here !== null) visitMembers(here);
  };
  const visitMembers = (here: Node): void => {
    const isList = here.type === "TSTypeParameterInstantiation";
    for (const [name, member] of Object.entries(here)) {
      const isName = (name === "key" && here.computed !== true) || name === "label";
      if (!isName) visit(name === "params" && !isList ? typesOf(member) : member);
    }
  };
  visit(node);
  return uses;
}

/** Of parameters the types; of parameters of types everything. */
function typesOf(params: unknown): unknown[] {
  return nodesIn(params).map((one) => (one.type === "Identifier" ? one.typeAnnotation : one));
}

function nodeIn(value: unknown): Node | null {
  return typeof value === "object" && value !== null && "type" in value ? (value as Node) : null;
}

function nodesIn(value: unknown): Node[] {
  return Array.isArray(value) ? value.flatMap((one) => nodeIn(one) ?? []) : [];
}

function textIn(node: unknown, member: string): string {
  return String(nodeIn(node)?.[member]);
}

function nameOf(node: unknown): string {
  return textIn(node, "name");
}
