import { encodeId, limits, type MemberSession, type OwnMember } from "@stanchion/contract";
import type { FastifyRequest } from "fastify";
import { type Kysely, sql } from "kysely";
import type { Tables } from "../platform/database/index.ts";
import type { MemberSessionRow } from "./member-session-store.ts";

interface OwnRow {
  readonly email: string;
  readonly name: string;
  readonly hasSecondFactor: boolean;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly memberships: readonly {
    readonly memberId: string;
    readonly organizationId: string;
    readonly name: string;
    readonly role: OwnMember["role"];
  }[];
}

/** Who is signed in by a session, in one organization: the named one, else the one joined first. */
export async function readOwnMember(
  db: Kysely<Tables>,
  sessionId: string,
  organizationId: string | null = null,
): Promise<OwnMember> {
  const found = await sql<OwnRow>`
    select a.email, a.name, a.totp_confirmed_at is not null as "hasSecondFactor", s.created_at as "createdAt",
      s.expires_at as "expiresAt",
      json_agg(json_build_object('memberId', m.id, 'organizationId', o.id, 'name', o.name, 'role', m.role)
        order by m.created_at, m.id) as memberships
    from member_sessions s
    join member_accounts a on a.id = s.account_id
    join members m on m.account_id = a.id and m.deleted_at is null
    join organizations o on o.id = m.organization_id
    where s.id = ${sessionId}
    group by s.id, a.id`.execute(db);
  const [row] = found.rows;
  const current =
    organizationId === null
      ? row?.memberships[0]
      : row?.memberships.find((one) => one.organizationId === organizationId);
  if (row === undefined || current === undefined) throw new Error("a session has no member");
  return {
    id: encodeId("member", current.memberId),
    email: row.email,
    name: row.name,
    role: current.role,
    organization: { id: encodeId("organization", current.organizationId), name: current.name },
    organizations: row.memberships.map(({ organizationId: id, name, role }) => ({
      id: encodeId("organization", id),
      name,
      role,
    })),
    hasSecondFactor: row.hasSecondFactor,
    session: {
      id: encodeId("session", sessionId),
      createdAt: row.createdAt.toISOString(),
      expiresAt: row.expiresAt.toISOString(),
    },
  };
}

export function memberSessionOf(row: MemberSessionRow, currentId: string): MemberSession {
  return {
    id: encodeId("session", row.id),
    isCurrent: row.id === currentId,
    device: row.device,
    createdAt: row.createdAt.toISOString(),
    lastSeenAt: row.lastSeenAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
  };
}

/** What a browser calls itself, as far as it is kept. */
export function deviceNameOf(request: FastifyRequest): string {
  const given = request.headers["user-agent"] ?? "";
  return given.slice(0, limits.deviceNameCharactersMax).toWellFormed().replaceAll("\0", "\ufffd");
}
