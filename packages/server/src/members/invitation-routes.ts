import { encodeId, operations, shapes } from "@stanchion/contract";
import type { Kysely } from "kysely";
import { type Mailer, mayHaveGoneOut } from "../delivery/mail/index.ts";
import { findOwnersOf } from "../identity/index.ts";
import { authorOf, type ChangeAuthor, recordChange } from "../platform/audit/index.ts";
import { inOrganization, type Tables, withRetries } from "../platform/database/index.ts";
import { type ApiError, apiError } from "../platform/errors/index.ts";
import {
  clientNetworkOf,
  jsonAnswer,
  type OperationCall,
  type OperationHost,
  pageOf,
  readPage,
  registerOperation,
  registerRead,
  registerWrite,
} from "../platform/http/index.ts";
import { countDelivery, giveDeliveryBack } from "../platform/quotas/index.ts";
import { acceptInvitation } from "./accept-invitation.ts";
import { invitationChange, invitationOf, invitationStatusAt } from "./invitation.ts";
import * as store from "./invitation-store.ts";
import { mailInvitation, requireRoleAbove, writeInvitation } from "./invite.ts";
import { browserOf, type MemberDeps, signedInAnswer } from "./own-member-routes.ts";

type Db = Kysely<Tables>;

/** Invitations, and accepting one: the only way to become a member. */
export function registerInvitationRoutes(
  host: OperationHost,
  deps: MemberDeps & { mailer: Mailer; baseUrl: () => string },
): void {
  const { clock, mailer } = deps;

  // Mail is sent between transactions, and a repeat under the same Idempotency-Key waits for it.
  registerOperation(
    host,
    "createInvitation",
    async (call) => {
      const { email, role } = call.readBody(shapes.invitationCreate);
      requireRoleAbove(call.actor, [role]);
      mailer.requireProvider(false);
      const { organizationId } = call.tenant;
      const invitedBy = call.actor.kind === "member" ? call.actor.memberId : null;
      const written = await withRetries(() =>
        inOrganization(host.database, call.tenant, async (transaction) => {
          const given = { organizationId, email, role, invitedBy };
          const made = await writeInvitation(transaction, given, clock.now());
          const counted = await countDelivery(transaction, organizationId);
          await recordChange(transaction, call, invitationChange("created", made.row));
          return { ...made, counted };
        }),
      );
      const { row } = written;
      try {
        await mailInvitation(host.database, mailer, written, deps.baseUrl(), authorOf(call));
      } catch (error) {
        if (!mayHaveGoneOut(error))
          await inOrganization(host.database, call.tenant, (db) => giveDeliveryBack(db, written.counted));
        throw error;
      }
      const location = `/api/v1/invitations/${encodeId("invitation", row.id)}`;
      return jsonAnswer(201, invitationOf(row, clock.now()), ["Location", location]);
    },
    { keepsAnswers: "slow" },
  );

  registerRead(host, "listInvitations", async (call, db) => {
    const query = call.readQuery(operations.listInvitations.query);
    const page = readPage(query);
    const filter = { search: query.search, after: page.after, limit: page.first + 1 };
    const rows = await store.listInvitations(db, call.tenant.organizationId, filter);
    return jsonAnswer(
      200,
      pageOf(rows, page.first, (row) => invitationOf(row, clock.now())),
    );
  });

  const find = async (from: Db, call: OperationCall): Promise<store.InvitationRow> => {
    const id = call.idParam("invitation");
    const row = await store.findInvitation(from, call.tenant.organizationId, id);
    if (row === undefined) throw await missing(from, id);
    return row;
  };

  registerRead(host, "readInvitation", async (call, db) =>
    jsonAnswer(200, invitationOf(await find(db, call), clock.now())),
  );

  registerWrite(host, "revokeInvitation", async (call, transaction) => {
    const row = await find(transaction, call);
    requireRoleAbove(call.actor, [row.role]);
    const nowMs = clock.now();
    const state = invitationStatusAt(row, nowMs);
    if (state === "REVOKED") return jsonAnswer(200, invitationOf(row, nowMs));
    const revokedAt = new Date(nowMs);
    if (state !== "PENDING" || !(await store.spendInvitation(transaction, row, { revokedAt })))
      throw apiError("INVALID_STATE", {
        details:
          state === "EXPIRED"
            ? { state, hint: "Nobody can accept it any more." }
            : {
                state: "ACCEPTED",
                hint: "Whoever accepted it is a member now: take the member out instead.",
              },
      });
    await recordChange(transaction, call, invitationChange("revoked", row));
    return jsonAnswer(200, invitationOf({ ...row, revokedAt }, nowMs));
  });

  registerOperation(host, "acceptInvitation", async (call) => {
    const body = call.readBody(shapes.invitationAccept);
    const browser = browserOf(host, call.request);
    // Members belong to no mode; what happens to them stands in the log of test.
    const author = (joined: { organizationId: string; memberId: string }): ChangeAuthor => ({
      tenant: { organizationId: joined.organizationId, isLive: false },
      actor: { type: "member", id: encodeId("member", joined.memberId), name: null },
      requestId: call.requestId,
      network: clientNetworkOf(call.request),
    });
    const accepted = await acceptInvitation(host.database, deps, { ...body, browser, author });
    const { started, organizationId } = accepted;
    return signedInAnswer(host, call.request, { status: 201, started, organizationId });
  });
}

async function missing(db: Db, id: string): Promise<ApiError> {
  const [owner] = await findOwnersOf(db, "invitation", [id]);
  return apiError(owner === undefined ? "INVITATION_NOT_FOUND" : "OTHER_ORGANIZATION");
}
