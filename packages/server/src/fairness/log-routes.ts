import { decodeId, encodeId, type IdKind, idPrefixes, limits, operations } from "@stanchion/contract";
import { inOrganization } from "../platform/database/index.ts";
import {
  type Answer,
  hasETag,
  type OperationCall,
  type OperationHost,
  parameterError,
  registerOperation,
} from "../platform/http/index.ts";
import type { SigningKeys } from "../platform/signing-keys/index.ts";
import type { LogOwner } from "./log-store.ts";
import { type LogPart, type LogQuery, readLog } from "./read-log.ts";
import { shareAnswers } from "./share-answers.ts";

/** The present head may be a second old; what was asked of an older size has one answer for ever. */
const newestCached = ["Cache-Control", "public, max-age=1"] as const;
const olderCached = ["Cache-Control", "public, max-age=86400"] as const;

/** Shows everybody what became of an organization's draws and lines, with what proves it. */
export function registerFairnessLogRoutes(host: OperationHost, keys: SigningKeys): void {
  const share = shareAnswers<LogPart>();
  registerOperation(host, "readFairnessLog", async (call) => {
    const { mode = "live", ...given } = call.readQuery(operations.readFairnessLog.query);
    const query = queryOf(given);
    const owner = { organizationId: call.idParam("organization"), isLive: mode === "live" };
    const part = await share(JSON.stringify([owner, query]), () =>
      inOrganization(host.database, owner, (db) => readLog(db, keys, owner, query)),
    );
    return answerOf(call, owner, query, part);
  });
}

type GivenQuery = NonNullable<(typeof operations.readFairnessLog.query)["~types"]>["output"];

function queryOf(given: Omit<GivenQuery, "mode">): LogQuery {
  const { first, after, distributionId, size, inclusion, consistency } = given;
  return {
    first: first ?? limits.listFirstDefault,
    from: after === undefined ? 0 : readCursor(after) + 1,
    distributionId: distributionId === undefined ? null : readDistribution(distributionId),
    size: size ?? null,
    inclusion: inclusion ?? null,
    consistency: consistency ?? null,
  };
}

function readCursor(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw parameterError("after", "an endCursor of this list", text);
  return Number(text);
}

/** Of whatever kind it is: the UUIDs of all kinds differ. */
function readDistribution(text: string): string {
  const [prefix] = text.split("_");
  const kinds = Object.keys(idPrefixes) as IdKind[];
  const kind = kinds.find((one) => idPrefixes[one] === prefix);
  const uuid = kind === undefined ? null : decodeId(kind, text);
  if (uuid === null) throw parameterError("distributionId", "the id of a draw or a line", text);
  return uuid;
}

function answerOf(call: OperationCall, owner: LogOwner, query: LogQuery, part: LogPart): Answer {
  const etag = `W/"${part.head.size}"`;
  const headers = [...(part.isOlder ? olderCached : newestCached), "ETag", etag];
  if (hasETag(call.request.headers["if-none-match"], etag)) return { status: 304, headers };
  return { status: 200, body: bodyOf(owner, query, part), headers };
}

function bodyOf({ organizationId, isLive }: LogOwner, { inclusion, consistency }: LogQuery, part: LogPart) {
  const { head, signedHead, entries, hasNextPage, inclusionPath, consistencyPath } = part;
  const { size } = head;
  const last = entries.at(-1);
  const members = {
    organizationId: encodeId("organization", organizationId),
    mode: isLive ? "live" : "test",
    size,
    root: head.root.toString("hex"),
    head: signedHead,
    pageInfo: { endCursor: last === undefined ? null : String(last.index), hasNextPage },
    ...(inclusionPath && { inclusion: { index: inclusion, size, path: inHex(inclusionPath) } }),
    ...(consistencyPath && { consistency: { from: consistency, to: size, path: inHex(consistencyPath) } }),
  };
  // The bytes that are hashed go out as they are kept.
  const data = entries.map(({ index, body }) => `{"index":${index},"entry":${body}}`);
  return `${JSON.stringify(members).slice(0, -1)},"data":[${data.join(",")}]}`;
}

function inHex(path: readonly Buffer[]): string[] {
  return path.map((hash) => hash.toString("hex"));
}
