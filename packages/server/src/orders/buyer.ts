import { decodeId, fieldIssue, type OrderCreate, type ValidationIssue } from "@stanchion/contract";
import type { Transaction } from "kysely";
import type { AdmissionHolder, LockedAdmission } from "../admissions/index.ts";
import { lockDrawAdmission } from "../distributions/draws/index.ts";
import { lockQueueAdmission } from "../distributions/queues/index.ts";
import type { Tables } from "../platform/database/index.ts";
import type { Tenant } from "../platform/http/index.ts";
import type { OrderRow } from "./order.ts";
import * as store from "./order-store.ts";

/** Who bought, as far as an order says. UUIDs. */
export type Buyer = Pick<OrderRow, "admissionId" | "distributionId" | "distributionKind" | "consumerId">;

export const nobodyNamed: Buyer = {
  admissionId: null,
  distributionId: null,
  distributionKind: null,
  consumerId: null,
};

type GivenBuyer = Pick<OrderCreate, "admissionId" | "queueId" | "drawId" | "consumerId" | "paid">;

/** Whom the members of a body name, or what is wrong with them. `isUnknown`: who has paid names an admission that there is not. */
export async function findBuyer(
  db: Transaction<Tables>,
  tenant: Tenant,
  given: GivenBuyer,
): Promise<{ buyer: Buyer; isUnknown: boolean; issues: readonly ValidationIssue[] }> {
  const isUnknown = false;
  const issues = togethernessIssues(given);
  if (issues.length > 0) return { buyer: nobodyNamed, isUnknown, issues };
  const { admissionId, queueId, drawId, consumerId } = given;
  if (admissionId != null) {
    const id = decodeId("admission", admissionId) ?? "";
    const place = await store.findAdmissionPlace(db, tenant, id);
    if (place !== undefined) return { buyer: { admissionId: id, ...place }, isUnknown, issues };
    // The money was taken: the order tells that it is to go back.
    if (given.paid === true) return { buyer: nobodyNamed, isUnknown: true, issues };
    return {
      buyer: nobodyNamed,
      isUnknown,
      issues: [fieldIssue("admissionId", "reference", "admission", admissionId)],
    };
  }
  if (consumerId == null) return { buyer: nobodyNamed, isUnknown, issues };
  const kind = queueId == null ? "draw" : "queue";
  const wireId = queueId ?? drawId ?? "";
  const distributionId = decodeId(kind, wireId) ?? "";
  if (!(await store.hasDistribution(db, tenant, kind, distributionId)))
    return { buyer: nobodyNamed, isUnknown, issues: [fieldIssue(`${kind}Id`, "reference", kind, wireId)] };
  const consumer = decodeId("consumer", consumerId);
  return {
    buyer: { admissionId: null, distributionId, distributionKind: kind, consumerId: consumer },
    isUnknown,
    issues,
  };
}

/** Either an admission, or a consumer with one queue or draw, or nothing of these. */
function togethernessIssues({ admissionId, queueId, drawId, consumerId }: GivenBuyer): ValidationIssue[] {
  const besides = { queueId, drawId, consumerId };
  const issues: ValidationIssue[] = [];
  if (admissionId != null) {
    for (const [field, value] of Object.entries(besides))
      if (value != null)
        issues.push(fieldIssue(field, "pattern", "left out where admissionId says who bought", value));
    return issues;
  }
  if (queueId != null && drawId != null)
    issues.push(fieldIssue("drawId", "pattern", "left out where there is a queueId", drawId));
  const isPlaced = queueId != null || drawId != null;
  if (isPlaced && consumerId == null)
    issues.push(fieldIssue("consumerId", "required", "string", "undefined"));
  if (!isPlaced && consumerId != null)
    issues.push(fieldIssue("queueId", "required", "queueId or drawId", "undefined"));
  return issues;
}

/**
 * Locks the admission that an order uses; null where it names nobody, undefined where whom it names never entered. Behind the lock of the order.
 */
export async function lockBuyer(
  db: Transaction<Tables>,
  tenant: Tenant,
  { admissionId, consumerId, distributionId, distributionKind }: Buyer,
): Promise<LockedAdmission | null | undefined> {
  const holder = holderOf(admissionId, consumerId);
  if (holder === null || distributionId === null) return null;
  return distributionKind === "draw"
    ? lockDrawAdmission(db, { tenant, drawId: distributionId }, holder)
    : lockQueueAdmission(db, distributionId, holder);
}

function holderOf(admissionId: string | null, consumerId: string | null): AdmissionHolder | null {
  if (admissionId !== null) return { admissionId };
  return consumerId === null ? null : { consumerId };
}
