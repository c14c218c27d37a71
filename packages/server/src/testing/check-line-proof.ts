import { type CheckedLine, checkLine, type Jwks, type LineProof, type Receipt } from "@stanchion/verify";
import type { TestServer } from "./test-server.ts";

/** The proof of a line's opening as the server answers it. */
export async function lineProofOf(server: TestServer, queueId: string): Promise<Record<string, unknown>> {
  return (await server.call("GET", `/api/v1/queues/${queueId}/proof`)).body;
}

/** What the verifier, which shares nothing with the server, makes of an opening and of a receipt. */
export async function checkLineProof(
  server: TestServer,
  queueId: string,
  receipt?: unknown,
): Promise<CheckedLine> {
  const proof = (await lineProofOf(server, queueId)) as unknown as LineProof;
  const leaves = await server.call("GET", `/api/v1/queues/${queueId}/proof/leaves`);
  const jwks = (await server.call("GET", "/.well-known/jwks.json")).body as unknown as Jwks;
  return checkLine({
    proof,
    jwks,
    leaves: leaves.status === 200 ? leaves.text.split("\n").slice(0, -1) : [],
    ...(receipt === undefined ? {} : { receipt: receipt as Receipt }),
  });
}
