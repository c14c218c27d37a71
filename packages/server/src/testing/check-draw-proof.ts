import { type CheckedDraw, checkDraw, type Jwks, type PublishedDrawProof } from "@stanchion/verify";
import type { TestServer } from "./test-server.ts";

/** A draw's proof as the server answers it. */
export async function drawProofOf(server: TestServer, drawId: string): Promise<Record<string, unknown>> {
  return (await server.call("GET", `/api/v1/draws/${drawId}/proof`)).body;
}

/** What the verifier, which shares nothing with the server, makes of a draw's proof and its list. */
export async function checkDrawProof(server: TestServer, drawId: string): Promise<CheckedDraw> {
  const proof = (await drawProofOf(server, drawId)) as unknown as PublishedDrawProof;
  const leaves = await server.call("GET", `/api/v1/draws/${drawId}/proof/leaves`);
  const jwks = (await server.call("GET", "/.well-known/jwks.json")).body as unknown as Jwks;
  return checkDraw({
    proof,
    jwks,
    leaves: leaves.status === 200 ? leaves.text.split("\n").slice(0, -1) : [],
  });
}
