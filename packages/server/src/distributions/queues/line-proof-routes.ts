import { listProofParts } from "../../fairness/index.ts";
import { apiError } from "../../platform/errors/index.ts";
import {
  hasETag,
  largeAnswer,
  type OperationCall,
  type OperationHost,
  registerOperation,
} from "../../platform/http/index.ts";
import { lineProofJson, versionOfLineProof } from "./line-proof.ts";
import { findLineProofFacts, type LineProofFacts } from "./line-proof-store.ts";
import type { QueueServices } from "./queue-services.ts";

/** It changes as the opening comes on. */
const fresh = ["Cache-Control", "public, max-age=1"] as const;
/** For ever the same. */
const lasting = ["Cache-Control", "public, max-age=86400"] as const;

/** What everybody may see of an opening, without a credential: all that it takes to check it. */
export function registerLineProofRoutes(host: OperationHost, services: QueueServices): void {
  registerOperation(host, "readQueueProof", async (call) => {
    const facts = await factsFor(services, call);
    const etag = `"${versionOfLineProof(facts)}"`;
    const headers = [...fresh, "ETag", etag];
    if (hasETag(call.request.headers["if-none-match"], etag)) return { status: 304, headers };
    return { status: 200, body: lineProofJson(facts, shownSeed(services, facts)), headers };
  });
  registerOperation(host, "readQueueLeaves", async (call) => {
    const facts = await factsFor(services, call);
    if (!facts.areLeavesWritten || facts.root === null)
      throw apiError("INVALID_STATE", { details: whyWithoutLeaves(facts) });
    return largeAnswer(call.request, {
      pieces: await listProofParts(services.database.pool, facts.queueId, "leaves"),
      contentType: "application/x-ndjson",
      version: facts.root.toString("hex", 0, 16),
      headers: lasting,
    });
  });
}

async function factsFor({ database }: QueueServices, call: OperationCall): Promise<LineProofFacts> {
  const facts = await findLineProofFacts(database.pool, call.idParam("queue"));
  if (facts === undefined) throw apiError("QUEUE_NOT_FOUND");
  return facts;
}

/** The leaves are written when the order is drawn: nobody in the line waits for them. */
function whyWithoutLeaves({ statement, seed }: LineProofFacts): { state: string; hint: string } {
  if (statement === null)
    return {
      state: "NOT_FROZEN",
      hint: "There are leaves only of a line whose order is drawn, once it has opened: ask again after openAt.",
    };
  const hint = "They are written when the order is drawn: ask again in some seconds.";
  return { state: seed === null ? "DRAWING" : "BEING_WRITTEN", hint };
}

/** With a beacon the seed is shown when the cohort is fixed, before anybody knows the round; without one at the drawing. */
function shownSeed(
  { secrets }: QueueServices,
  { rules, statement, seed, sealedSeed }: LineProofFacts,
): Buffer | null {
  const isShown = rules.beacon.kind === "none" ? seed !== null : statement !== null;
  return isShown ? secrets.decrypt(sealedSeed) : null;
}
