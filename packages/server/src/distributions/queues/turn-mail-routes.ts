import { shapes } from "@stanchion/contract";
import type { Mailer } from "../../delivery/mail/index.ts";
import { inOrganization } from "../../platform/database/index.ts";
import { type ApiError, apiError, wishedLanguages } from "../../platform/errors/index.ts";
import {
  jsonAnswer,
  type OperationCall,
  type OperationHost,
  registerOperation,
  registerWrite,
} from "../../platform/http/index.ts";
import { statusOf } from "./entry.ts";
import type { EntryRow } from "./entry-store.ts";
import { holderOf, judgeDevice, readOwn } from "./line-routes.ts";
import type { LineView } from "./line-view.ts";
import { fingerprintFor, type QueueServices, viewFor } from "./queue-services.ts";
import { turnMailOf } from "./turn-mail.ts";
import * as store from "./turn-mail-store.ts";
import { chooseTurnMailWords } from "./turn-mail-words.ts";

const isOut = "You are not in this line any more: there is no turn to tell you of.";

interface OwnPlace {
  readonly view: LineView;
  readonly row: EntryRow;
}

/** The mail by which a fan who waits is told of the turn: asking for it, and taking that back. */
export function registerTurnMailRoutes(host: OperationHost, services: QueueServices, mailer: Mailer): void {
  const ownPlace = (call: OperationCall): Promise<OwnPlace> => findOwnPlace(services, call);
  const answer = (call: OperationCall, { view, row }: OwnPlace, known: Known) =>
    jsonAnswer(
      200,
      turnMailOf({
        queueId: view.queueId,
        entryId: row.entryId,
        state: statusOf(row, view),
        isAvailable: mailer.isSetUp(call.tenant.isLive),
        email: known.email,
        row: known.row,
      }),
    );

  registerOperation(host, "readTurnMail", async (call) => {
    const place = await ownPlace(call);
    const { tenant, consumer } = call;
    if (isGuest(call)) return answer(call, place, { email: null, row: undefined });
    const known = await inOrganization(host.database, tenant, async (db) => {
      const email = await store.findOwnAddress(db, tenant, consumer.consumerId);
      return { email, row: await store.findTurnMail(db, tenant, place.row.entryId) };
    });
    return answer(call, place, known);
  });

  registerWrite<OwnPlace>(
    host,
    "requestTurnMail",
    async (call, db, place) => {
      const { tenant, consumer } = call;
      const email = await store.findOwnAddress(db, tenant, consumer.consumerId);
      if (email === null) throw emailRequired();
      const refusal = whyNotWaiting(place);
      if (refusal !== null) throw refusal;
      mailer.requireSetUp(tenant.isLive);
      const { language } = chooseTurnMailWords(wishedLanguages(call.request.headers["accept-language"]));
      const { entryId, queueId } = place.row;
      const row = await store.writeTurnMail(db, tenant, { entryId, queueId, language });
      // The turn has come, or the place was given up, since it was read.
      if (row === undefined) throw apiError("CONCURRENT_MODIFICATION");
      return answer(call, place, { email, row });
    },
    async (call) => {
      call.readBody(shapes.noBody);
      const place = await ownPlace(call);
      if (isGuest(call)) throw emailRequired();
      return place;
    },
  );

  registerWrite<OwnPlace>(
    host,
    "cancelTurnMail",
    async (call, db, { row }) => {
      await store.deleteTurnMail(db, call.tenant, row.entryId);
      return { status: 204 };
    },
    ownPlace,
  );
}

interface Known {
  readonly email: string | null;
  readonly row: Parameters<typeof turnMailOf>[0]["row"];
}

/** A session that has shown neither an address nor an account can have no address of its own. */
function isGuest({ consumer }: OperationCall): boolean {
  return !consumer.isConfirmed && !consumer.isExternal;
}

function emailRequired(): ApiError {
  return apiError("EMAIL_REQUIRED", {
    details: { requestCode: "/api/v1/auth/otp/request", verifyCode: "/api/v1/auth/otp/verify" },
  });
}

/** The caller's latest stay, on the device that it was taken on. Throws NOT_IN_QUEUE and FP002 besides what the view throws. */
async function findOwnPlace(services: QueueServices, call: OperationCall): Promise<OwnPlace> {
  const view = await viewFor(services, call);
  const holder = holderOf(call.consumer, fingerprintFor(view, call));
  const row = await readOwn(services, view, holder);
  if (row === null) throw apiError("NOT_IN_QUEUE");
  await judgeDevice(services, view, row, holder);
  return { view, row };
}

function whyNotWaiting({ view, row }: OwnPlace): ApiError | null {
  const state = statusOf(row, view);
  if (state === "QUEUED") return null;
  if (state === "COMPLETED") return apiError("ALREADY_COMPLETED", { details: { state } });
  if (state === "EXPIRED") return apiError("ADMISSION_EXPIRED", { details: { state } });
  const hint = state === "ADMITTED" ? "It is your turn already." : isOut;
  return apiError("INVALID_STATE", { details: { state, hint } });
}
