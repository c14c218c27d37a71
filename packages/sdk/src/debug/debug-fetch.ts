import { parseJson } from "../answers.ts";
import type { DebugRequest } from "./debug-event.ts";

/** A `fetch` that tells of each request, before whoever called has its answer. Reads of answers the request id, and of refusals the code. */
export function debugFetch(
  fetch: typeof globalThis.fetch,
  now: () => number,
  tell: (request: DebugRequest) => void,
): typeof globalThis.fetch {
  return async (input, init) => {
    const beganAtMs = now();
    const request = (answer: Pick<DebugRequest, "status" | "requestId" | "code" | "isStream">): void => {
      const { method, path } = { method: init?.method ?? "GET", path: pathOf(addressOf(input)) };
      tell({ kind: "request", method, path, durationMs: now() - beganAtMs, ...answer });
    };
    try {
      const response = await fetch(input, init);
      const { status, headers } = response;
      const isStream = response.ok && (headers.get("content-type") ?? "").startsWith("text/event-stream");
      const code = response.ok ? null : await readCode(response);
      request({ status, requestId: headers.get("x-request-id"), code, isStream });
      return response;
    } catch (error) {
      const code = init?.signal?.aborted ? "ABORTED" : "NETWORK_ERROR";
      request({ status: 0, requestId: null, code, isStream: false });
      throw error;
    }
  };
}

function addressOf(input: RequestInfo | URL): string {
  return input instanceof Request ? input.url : String(input);
}

/** Ids are told, and what may be a token is not: whoever passes one for an id by mistake would find it in the log. */
function pathOf(address: string): string {
  const [path = ""] = address.replace(/^\w+:\/\/[^/?#]*/, "").split(/[?#]/);
  return path
    .split("/")
    .map((part) => (/^[\w%-]{1,64}$/.test(part) && !/^[sp]k_/.test(part) ? part : part && "…"))
    .join("/");
}

/** A copy is read: the answer itself is the caller's. One that breaks off has no code here, and fails there as it would have. */
async function readCode(response: Response): Promise<string | null> {
  const body = parseJson(
    await response
      .clone()
      .text()
      .catch(() => ""),
  );
  const { code } = Object(body) as { code?: unknown };
  return typeof code === "string" && /^[A-Z0-9_]{1,64}$/.test(code) ? code : null;
}
