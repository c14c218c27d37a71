import { decodeId, encodeId } from "@stanchion/contract";
import { chunkLeaves, hashLeaf, listProofParts, pathInTree } from "../../fairness/index.ts";
import { apiError } from "../../platform/errors/index.ts";
import {
  type Answer,
  jsonAnswer,
  largeAnswer,
  type OperationCall,
  type OperationHost,
  registerOperation,
} from "../../platform/http/index.ts";
import { findEntriesByNumber } from "./draw-outcome-store.ts";
import { proofPieces, versionOfProof } from "./draw-proof.ts";
import { findProofFacts, findProvenEntry, type ProofFacts } from "./draw-proof-store.ts";
import type { DrawServices } from "./draw-services.ts";
import { indexOfNumber, isInList, numbersFrom } from "./entry-numbers.ts";
import { leafText } from "./freeze-draw.ts";

/** It changes with each award. */
const fresh = ["Cache-Control", "public, max-age=1"] as const;
/** From the freeze on for ever the same. */
const lasting = ["Cache-Control", "public, max-age=86400"] as const;

/** What everybody may see of a draw, without a credential: all that it takes to check it. */
export function registerDrawProofRoutes(host: OperationHost, services: DrawServices): void {
  registerOperation(host, "readDrawProof", async (call) => {
    const facts = await factsFor(services, call);
    return largeAnswer(call.request, {
      pieces: await proofPieces(services.database, facts, shownSeed(services, facts)),
      contentType: "application/json; charset=utf-8",
      version: versionOfProof(facts),
      headers: fresh,
    });
  });
  registerOperation(host, "readDrawLeaves", async (call) => {
    const { drawId, root } = requireFrozen(await factsFor(services, call));
    return largeAnswer(call.request, {
      pieces: await listProofParts(services.database.pool, drawId, "leaves"),
      contentType: "application/x-ndjson",
      version: root.toString("hex", 0, 16),
      headers: lasting,
    });
  });
  registerOperation(host, "readDrawEntryProof", async (call) =>
    entryProof(services, call, requireFrozen(await factsFor(services, call))),
  );
}

async function factsFor({ database }: DrawServices, call: OperationCall): Promise<ProofFacts> {
  const facts = await findProofFacts(database.pool, call.idParam("draw"));
  if (facts === undefined) throw apiError("DRAW_NOT_FOUND");
  return facts;
}

/** With a beacon the seed is shown when the list is fixed, before anybody knows the round; without one at the draw. */
function shownSeed(
  { secrets }: DrawServices,
  { rules, statement, seed, sealedSeed }: ProofFacts,
): Buffer | null {
  const isShown = rules.beacon.kind === "none" ? seed !== null : statement !== null;
  return isShown ? secrets.decrypt(sealedSeed) : null;
}

function requireFrozen(facts: ProofFacts): ProofFacts & { readonly root: Buffer } {
  const { root, cancelledAt, rules } = facts;
  // Called off before its close it never has a list.
  const isOff = cancelledAt !== null && cancelledAt.getTime() < Date.parse(rules.closeAt);
  if (root === null)
    throw apiError("INVALID_STATE", {
      details: isOff
        ? { state: "CANCELLED", hint: "The draw was called off before its close: it never has a list." }
        : {
            state: "NOT_FROZEN",
            hint: "There is a list once the draw has closed and it is signed: ask again after closeAt.",
          },
    });
  return { ...facts, root };
}

/** The entry's leaf and its way to the root, made of the leaves that share its chunk. */
async function entryProof(
  { database }: DrawServices,
  call: OperationCall,
  { drawId }: ProofFacts,
): Promise<Answer> {
  const entryId = decodeId("entry", call.pathParam("entryId"));
  const entry = entryId === null ? undefined : await findProvenEntry(database.pool, drawId, entryId);
  if (entry === undefined || !isInList(entry.number, entry.removedNumbers)) throw apiError("ENTRY_NOT_FOUND");
  const index = indexOfNumber(entry.number, entry.removedNumbers);
  const numbers = numbersFrom(entry, index - (index % chunkLeaves), chunkLeaves);
  const drawWireId = encodeId("draw", drawId);
  const leaves = (await findEntriesByNumber(database.kysely, drawId, numbers)).map((row) =>
    leafText(drawWireId, row),
  );
  const path = pathInTree(entry.chunkRoots, leaves.map(hashLeaf), index);
  const answer = { leaf: leaves[index % chunkLeaves], index, path: path.map((hash) => hash.toString("hex")) };
  return jsonAnswer(200, answer, lasting);
}
