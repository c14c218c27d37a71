import { type ConsumerExport, encodeId, limits, shapes } from "@stanchion/contract";
import type { Kysely } from "kysely";
import type { Tables } from "../platform/database/index.ts";
import type { Tenant } from "../platform/http/index.ts";
import { listRequestsOf } from "../requests/index.ts";
import { type ConsumerRow, consumerOf } from "./consumer.ts";
import { listOrdersOf } from "./consumer-order-store.ts";
import { type DrawStayRow, listDrawStays } from "./draw-stay-store.ts";
import { listAccounts } from "./external-account-store.ts";
import { listSessions, listStays, type StayRow } from "./personal-data-store.ts";

/** Everything that is kept of one person. */
export async function exportConsumer(
  db: Kysely<Tables>,
  { publicUrl, now }: { publicUrl: string | null; now: Date },
  tenant: Tenant,
  row: ConsumerRow,
): Promise<ConsumerExport> {
  const consumerId = encodeId("consumer", row.id);
  const accounts = await listAccounts(db, tenant, row.id);
  const sessions = await listSessions(db, tenant, row.id);
  const stays = await listStays(db, tenant, row.id);
  const drawStays = await listDrawStays(db, tenant, row.id);
  const orders = await listOrdersOf(db, tenant, row.id);
  const requests = await listRequestsOf(db, consumerId, { tenant, publicUrl });
  return {
    exportedAt: now.toISOString(),
    consumer: {
      ...consumerOf(row),
      deletedAt: timeOf(row.deletedAt),
      erasedAt: timeOf(row.erasedAt),
    },
    accounts: accounts.map(({ provider, issuer, subject, createdAt }) => ({
      provider,
      issuer,
      subject,
      createdAt: createdAt.toISOString(),
    })),
    sessions: sessions.map(({ rotatedAt, expiresAt, revokedAt }) => ({
      renewedAt: rotatedAt.toISOString(),
      expiresAt: expiresAt.toISOString(),
      endedAt: timeOf(revokedAt ?? row.deletedAt),
    })),
    entries: stays.slice(0, limits.exportedEntriesMax).map(exportedStay),
    drawEntries: drawStays.slice(0, limits.exportedEntriesMax).map(exportedDrawStay),
    orders: orders.slice(0, limits.exportedOrdersMax),
    requestRecords: requests.records,
    isCutShort:
      Math.max(stays.length, drawStays.length) > limits.exportedEntriesMax ||
      orders.length > limits.exportedOrdersMax ||
      requests.hasMore,
  };
}

function exportedStay(stay: StayRow): ConsumerExport["entries"][number] {
  const {
    entryId,
    queueId,
    ticket,
    enteredAt,
    endedAt,
    device,
    salt,
    subject,
    turnMail,
    admission,
    ...rest
  } = stay;
  return {
    ...rest,
    entryId: encodeId("entry", entryId),
    queueId: encodeId("queue", queueId),
    ticket: Number(ticket),
    enteredAt: enteredAt.toISOString(),
    endedAt: timeOf(endedAt),
    deviceHash: device?.toString("hex") ?? null,
    salt: salt?.toString("hex") ?? null,
    subject: subject?.toString("hex") ?? null,
    turnMail: exportedTurnMail(turnMail),
    admission: exportedAdmission(admission),
  };
}

function exportedTurnMail(mail: StayRow["turnMail"]): ConsumerExport["entries"][number]["turnMail"] {
  if (mail === null) return null;
  const { language, requestedAt, sentAt } = mail;
  return {
    language,
    requestedAt: new Date(requestedAt).toISOString(),
    sentAt: sentAt === null ? null : new Date(sentAt).toISOString(),
  };
}

function exportedAdmission(admission: StayRow["admission"]): ConsumerExport["entries"][number]["admission"] {
  if (admission === null) return null;
  const { id, admittedAt, expiresAt, completedAt, ...rest } = admission;
  return {
    ...rest,
    id: encodeId("admission", id),
    admittedAt: new Date(admittedAt).toISOString(),
    expiresAt: new Date(expiresAt).toISOString(),
    completedAt: completedAt === null ? null : new Date(completedAt).toISOString(),
  };
}

function exportedDrawStay(stay: DrawStayRow): ConsumerExport["drawEntries"][number] {
  const { entryId, drawId, number, level, enteredAt, endedAt, device, salt, subject, admission, ...rest } =
    stay;
  return {
    ...rest,
    entryId: encodeId("entry", entryId),
    drawId: encodeId("draw", drawId),
    number: Number(number),
    level: shapes.entryLevels[level] ?? "guest",
    enteredAt: enteredAt.toISOString(),
    endedAt: timeOf(endedAt),
    deviceHash: device?.toString("hex") ?? null,
    salt: salt?.toString("hex") ?? null,
    subject: subject.toString("hex"),
    admission: exportedAdmission(admission),
  };
}

function timeOf(date: Date | null): string | null {
  return date?.toISOString() ?? null;
}
