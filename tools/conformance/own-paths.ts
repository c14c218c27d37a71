/** Things of one's own for the paths of operations, each made by the operation that creates its kind. */
import {
  type IdKind,
  type OperationName,
  operationNames,
  operationOf,
  pathIdKinds,
} from "@stanchion/contract";
import { type CaseContext, expectJson } from "./case-context.ts";
import { fillPath } from "./operation-paths.ts";
import { bodyThatIsGood } from "./sample-bodies.ts";
import { signedHook } from "./signed-hook.ts";

/** The path of an operation with things of one's own in it, made once for each server. */
export async function ownPath(ctx: CaseContext, template: string): Promise<string> {
  const ids = new Map<string, string>();
  for (const [, parameter = ""] of template.matchAll(/\{(\w+)\}/g)) {
    const kind = pathIdKinds[parameter];
    if (kind !== undefined) ids.set(parameter, await ownId(ctx, kind));
  }
  return fillPath(template, (parameter) => ids.get(parameter) ?? "0");
}

/** One thing of one's own of this kind, made when first asked for; an unknown id where no operation creates the kind. */
export async function ownId(ctx: CaseContext, kind: IdKind): Promise<string> {
  if (kind === "draw") return ctx.once("own draw", async () => (await ctx.draw()).id);
  if (kind === "hook") return (await signedHook(ctx)).id;
  if (kind === "queue") return ctx.once("own queue", async () => (await ctx.queue()).id);
  // A member is made by nobody but who accepts an invitation; an invitation has no id of the caller's.
  if (kind === "member") return ctx.server.facilities.member?.id ?? ctx.unknownId(kind);
  if (kind === "invitation") return ctx.once("own invitation", () => newInvitation(ctx));
  if (kind === "organization")
    return ctx.once("own organization", async () =>
      String(expectJson(await ctx.asShop("GET", "/api/v1/organizations/current"), 200).id),
    );
  const create = creatorOf(kind);
  if (create === null) return ctx.unknownId(kind);
  return ctx.once(`own ${kind}`, async () => {
    const body = await goodBody(ctx, create);
    return String(expectJson(await ctx.asShop("POST", operationOf(create).path, { body }), 201).id);
  });
}

async function newInvitation(ctx: CaseContext): Promise<string> {
  const email = `${ctx.uniqueName("member").replace(" ", "-")}@example.org`;
  return (await ctx.make("/api/v1/invitations", { email, role: "viewer" })).id;
}

/** A body of this operation that keeps every rule; what it refers to is made first. */
export async function goodBody(
  ctx: CaseContext,
  name: OperationName,
  own: Readonly<Record<string, unknown>> = {},
): Promise<Record<string, unknown>> {
  const schema = ctx.server.document.bodySchemaOf(name);
  const ids = new Map<IdKind, string>();
  for (const field of (schema?.required as string[] | undefined) ?? []) {
    const kind = pathIdKinds[field];
    if (kind !== undefined && kind !== "consumer") ids.set(kind, await ownId(ctx, kind));
  }
  const unique = ctx.uniqueName("made").replace(" ", "-");
  return { ...bodyThatIsGood(schema, (kind) => ids.get(kind) ?? ctx.unknownId(kind), unique), ...own };
}

/** The kind of thing that an operation creates under an id that the caller may choose; null where it does not. */
export function createdKind(name: OperationName): IdKind | null {
  const { method, path, body } = operationOf(name);
  if (method !== "POST" || !Object.hasOwn(Object(Object(body).entries) as object, "id")) return null;
  const one = operationNames.map((other) => operationOf(other).path).find((other) => isOneOf(other, path));
  return pathIdKinds[/\{(\w+)\}$/.exec(one ?? "")?.[1] ?? ""] ?? null;
}

function creatorOf(kind: IdKind): OperationName | null {
  return operationNames.find((name) => createdKind(name) === kind) ?? null;
}

function isOneOf(path: string, collection: string): boolean {
  return path.startsWith(`${collection}/{`) && path.indexOf("}") === path.length - 1;
}
