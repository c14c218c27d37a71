import { limits, type RequestRecords } from "@stanchion/contract";
import { inOrganization } from "../platform/database/index.ts";
import { apiError } from "../platform/errors/index.ts";
import { jsonAnswer, type OperationHost, registerOperation } from "../platform/http/index.ts";
import { readRequests } from "./read-requests.ts";
import type { RequestRecorder } from "./request-recorder.ts";

const requestIdShape = new RegExp(`^[A-Za-z0-9_-]{1,${limits.requestIdCharactersMax}}$`);

/** Tells an organization what became of its own requests. */
export function registerRequestRoutes(host: OperationHost, recorder: RequestRecorder): void {
  registerOperation(host, "readRequest", async (call) => {
    const requestId = call.pathParam("requestId");
    if (!requestIdShape.test(requestId)) throw apiError("REQUEST_NOT_FOUND");
    await recorder.flush();
    const found = await inOrganization(host.database, call.tenant, (db) =>
      readRequests(db, requestId, { tenant: call.tenant, publicUrl: host.publicUrl() }),
    );
    if (found.requests.length === 0) throw apiError("REQUEST_NOT_FOUND");
    const requests = found.requests.map(({ organizationId: _, isLive: __, ...record }) => record);
    return jsonAnswer(200, { ...found, requests } satisfies RequestRecords);
  });
}
