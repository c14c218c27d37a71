import type { ConsumerBatched, ErrorBody } from "@stanchion/contract";
import { type ApiError, renderError } from "../platform/errors/index.ts";
import type { OperationCall, OperationHost } from "../platform/http/index.ts";
import { consumerOf } from "./consumer.ts";
import type { BatchOutcome } from "./consumer-batch.ts";

type Result = ConsumerBatched["results"][number];

/** The answer of a batch; refusals in the words, and the language, of a single create. */
export function batchedOf(
  host: OperationHost,
  call: OperationCall,
  outcomes: readonly BatchOutcome[],
): ConsumerBatched {
  const count = (status: BatchOutcome["status"]): number =>
    outcomes.filter((outcome) => outcome.status === status).length;
  return {
    created: count("created"),
    existing: count("existing"),
    refused: count("refused"),
    results: outcomes.map(
      (outcome): Result =>
        outcome.status === "refused"
          ? { status: "refused", consumer: null, refusal: refusalOf(host, call, outcome.refusal) }
          : { status: outcome.status, consumer: consumerOf(outcome.row), refusal: null },
    ),
  };
}

function refusalOf(host: OperationHost, call: OperationCall, refusal: ApiError): Result["refusal"] {
  const { body } = renderError(refusal, {
    requestId: call.requestId,
    publicUrl: host.publicUrl(),
    acceptLanguage: call.request.headers["accept-language"],
    ...(host.catalogues === undefined ? {} : { catalogues: host.catalogues }),
  });
  // What renderError makes where nobody asks for problem+json.
  const { error, code, message, details, issues = [] } = JSON.parse(body) as ErrorBody;
  return {
    error,
    code,
    message,
    details,
    issues: issues.map((issue) => ({ ...issue, path: [...issue.path] })),
  };
}
