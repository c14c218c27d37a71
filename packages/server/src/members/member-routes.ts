import { encodeId, type Member, operations, shapes } from "@stanchion/contract";
import type { Kysely, Transaction } from "kysely";
import { findOwnersOf } from "../identity/index.ts";
import { recordChange } from "../platform/audit/index.ts";
import type { Tables } from "../platform/database/index.ts";
import { type ApiError, apiError } from "../platform/errors/index.ts";
import {
  jsonAnswer,
  type OperationCall,
  type OperationHost,
  pageOf,
  readPage,
  registerRead,
  registerWrite,
  requireVersion,
  stampsOf,
} from "../platform/http/index.ts";
import { requireRoleAbove } from "./invite.ts";
import * as store from "./member-store.ts";
import type { MemberDeps } from "./own-member-routes.ts";

type Db = Kysely<Tables>;

/** The members of an organization and their roles. */
export function registerMemberRoutes(host: OperationHost, { clock, sessions }: MemberDeps): void {
  const answer = (row: store.MemberRow) => jsonAnswer(200, memberOf(row), ["ETag", `"${row.version}"`]);

  registerRead(host, "listMembers", async (call, db) => {
    const query = call.readQuery(operations.listMembers.query);
    const page = readPage(query);
    const filter = { ...query, after: page.after, limit: page.first + 1 };
    const rows = await store.listMembers(db, call.tenant.organizationId, filter);
    return jsonAnswer(200, pageOf(rows, page.first, memberOf));
  });

  registerRead(host, "readMember", async (call, db) => {
    const id = call.idParam("member");
    const row = await store.findMember(db, call.tenant.organizationId, id);
    if (row === undefined) throw await missing(db, call, id);
    return answer(row);
  });

  registerWrite(host, "updateMember", async (call, transaction) => {
    const owners = await store.lockOwners(transaction, call.tenant.organizationId);
    const row = await lock(transaction, call);
    const { role = row.role } = call.readBody(shapes.memberPatch);
    requireVersion(call, row.version);
    const given = role ?? row.role;
    requireRoleAbove(call.actor, [row.role, given]);
    if (given !== "owner") refuseLastOwner(owners, row.id);
    await store.updateMember(transaction, call.tenant.organizationId, row.id, {
      role: given,
      updatedAt: new Date(clock.now()),
    });
    if (given !== row.role)
      await recordChange(transaction, call, {
        action: "member.updated",
        target: encodeId("member", row.id),
        before: { role: row.role },
        after: { role: given },
      });
    const changed = await store.findMember(transaction, row.organizationId, row.id);
    if (changed === undefined) throw new Error("a changed member is gone");
    return { ...answer(changed), afterCommit: async () => sessions.forget(row.accountId) };
  });

  registerWrite(host, "deleteMember", async (call, transaction) => {
    const owners = await store.lockOwners(transaction, call.tenant.organizationId);
    const row = await lock(transaction, call);
    requireVersion(call, row.version);
    requireRoleAbove(call.actor, [row.role]);
    return remove(transaction, call, owners, row);
  });

  registerWrite(host, "leaveOrganization", async (call, transaction) => {
    const { memberId, tenant } = call.member;
    const owners = await store.lockOwners(transaction, tenant.organizationId);
    const row = await store.lockMember(transaction, tenant.organizationId, memberId);
    // Removed by somebody else at this moment: that is what was asked for.
    return row === undefined ? { status: 204 } : remove(transaction, call, owners, row);
  });

  const remove = async (
    transaction: Transaction<Tables>,
    call: OperationCall,
    owners: readonly string[],
    row: store.MemberRow,
  ) => {
    refuseLastOwner(owners, row.id);
    await store.updateMember(transaction, call.tenant.organizationId, row.id, {
      deletedAt: new Date(clock.now()),
    });
    await recordChange(transaction, call, {
      action: "member.deleted",
      target: encodeId("member", row.id),
      before: { role: row.role },
    });
    return { status: 204, afterCommit: async () => sessions.forget(row.accountId) };
  };
}

function refuseLastOwner(owners: readonly string[], id: string): void {
  if (owners.length === 1 && owners[0] === id)
    throw apiError("LAST_OWNER", { details: { memberId: encodeId("member", id) } });
}

async function lock(db: Db, call: OperationCall): Promise<store.MemberRow> {
  const id = call.idParam("member");
  const row = await store.lockMember(db, call.tenant.organizationId, id);
  if (row === undefined) throw await missing(db, call, id);
  return row;
}

async function missing(db: Db, call: OperationCall, id: string): Promise<ApiError> {
  const [owner] = await findOwnersOf(db, "member", [id]);
  if (owner === undefined) return apiError("MEMBER_NOT_FOUND");
  if (owner.organizationId !== call.tenant.organizationId) return apiError("OTHER_ORGANIZATION");
  return apiError("MEMBER_NOT_FOUND", owner.deletedAt === null ? {} : { details: { deleted: true } });
}

function memberOf(row: store.MemberRow): Member {
  return {
    id: encodeId("member", row.id),
    email: row.email,
    name: row.name,
    role: row.role,
    hasSecondFactor: row.hasSecondFactor,
    ...stampsOf(row),
  };
}
