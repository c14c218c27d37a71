import type { ErrorBody } from "@stanchion/contract";
import type { FastifyInstance, FastifyRequest } from "fastify";

/** What an operation answered: a success's body, or the refusal. */
export type ApiAnswer =
  | { readonly isOk: true; readonly status: number; readonly body: unknown }
  | { readonly isOk: false; readonly status: number; readonly body: ErrorBody };

export interface ApiQuestion {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/**
 * Asks an operation of this very server on behalf of a page's request: by the same way, with the same checks and limits, from the
 * same address and under the same request id, as if the page's browser had asked.
 */
export async function askApi(
  app: FastifyInstance,
  request: FastifyRequest,
  { method, path, headers, body }: ApiQuestion,
): Promise<ApiAnswer> {
  const { host = "localhost", "x-forwarded-for": forwarded } = request.headers;
  const answer = await app.inject({
    method,
    url: path,
    remoteAddress: request.raw.socket.remoteAddress ?? "127.0.0.1",
    headers: {
      ...headers,
      host,
      "x-request-id": request.call.requestId,
      ...(forwarded === undefined ? {} : { "x-forwarded-for": String(forwarded) }),
    },
    ...(body === undefined ? {} : { payload: body as object }),
  });
  const { statusCode: status } = answer;
  // The contract says what an answer's body is.
  return status < 400
    ? { isOk: true, status, body: answer.body === "" ? null : answer.json<unknown>() }
    : { isOk: false, status, body: answer.json<ErrorBody>() };
}
