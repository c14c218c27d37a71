import { limits } from "@stanchion/contract";
import type { FastifyRequest } from "fastify";
import { apiError } from "../../platform/errors/index.ts";
import {
  type Answer,
  hasETag,
  type OperationCall,
  type OperationHost,
  registerOperation,
} from "../../platform/http/index.ts";
import { segmentOf } from "./departures.ts";
import type { LineView } from "./line-view.ts";
import type { QueueServices } from "./queue-services.ts";

const cached = ["Cache-Control", "public, max-age=1"] as const;

/** What everybody may see of a line, without a credential. */
export function registerBoardRoutes(host: OperationHost, services: QueueServices): void {
  registerOperation(host, "readBoard", (call) =>
    withView(services, call, (view) => ({
      status: 200,
      body: view.boardBody(services.clock.now()),
      headers: cached,
    })),
  );
  registerOperation(host, "readDepartedSegment", (call) =>
    withView(services, call, (view) => segmentAnswer(view, call.request)),
  );
}

function withView(
  services: QueueServices,
  call: OperationCall,
  answer: (view: LineView) => Answer,
): Answer | Promise<Answer> {
  const view = services.views.known(call.pathParam("queueId")) ?? services.views.get(call.idParam("queue"));
  if (!(view instanceof Promise)) return answer(view);
  return view.then((found) => {
    if (found === null) throw apiError("QUEUE_NOT_FOUND");
    return answer(found);
  });
}

function segmentAnswer(view: LineView, request: FastifyRequest): Answer {
  const given = (request.params as { segment?: string }).segment ?? "";
  const index = /^\d{1,7}$/.test(given) ? Number(given) : Number.POSITIVE_INFINITY;
  const bits = index <= segmentOf(view.row.lastTicket) ? view.segment(index) : null;
  if (bits === null)
    throw apiError("SEGMENT_NOT_FOUND", {
      details: { segment: given.slice(0, 20), ranks: limits.boardSegmentRanks },
    });
  const etag = `"${view.row.departed}.${segmentOf(view.nowServing) >= index ? view.nowServing : 0}"`;
  const headers = [...cached, "ETag", etag];
  if (hasETag(request.headers["if-none-match"], etag)) return { status: 304, headers };
  return { status: 200, body: bits, contentType: "application/octet-stream", headers };
}
