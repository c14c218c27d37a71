import { type AuditActor, encodeId } from "@stanchion/contract";
import { type Actor, clientNetworkOf, type OperationCall } from "../http/index.ts";

/** Who makes a change, for whom and from where. */
export interface ChangeAuthor {
  /** Whose log it goes to; null: the server's own. */
  readonly tenant: { readonly organizationId: string; readonly isLive: boolean } | null;
  /** The name of a key is looked up where it is null. */
  readonly actor: AuditActor;
  readonly requestId: string | null;
  /** The client's address, as the limiter knows it. */
  readonly network: string | null;
}

/** Whoever runs the server, by its command. */
export function hostAuthor(tenant: ChangeAuthor["tenant"] = null): ChangeAuthor {
  return { tenant, actor: { type: "host", id: null, name: null }, requestId: null, network: null };
}

/** The server by itself. */
export function systemAuthor(tenant: ChangeAuthor["tenant"] = null): ChangeAuthor {
  return { tenant, actor: { type: "system", id: null, name: null }, requestId: null, network: null };
}

/** Whoever made this call. */
export function authorOf(call: OperationCall): ChangeAuthor {
  const { tenant, requestId, request } = call;
  return { tenant, actor: auditActorOf(call.actor), requestId, network: clientNetworkOf(request) };
}

function auditActorOf(actor: Actor): AuditActor {
  if (actor.kind === "key") return { type: "key", id: encodeId("apiKey", actor.keyId), name: null };
  // Without a name: who has left may ask for it to be erased.
  if (actor.kind === "member") return { type: "member", id: encodeId("member", actor.memberId), name: null };
  throw new Error(`what a caller of the kind ${actor.kind} does is not on the record`);
}
