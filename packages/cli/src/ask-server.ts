import { type ErrorBody, type OperationName, operationOf } from "@stanchion/contract";

/** A server, and the secret key that it is asked with. */
export interface AskedServer {
  readonly url: string;
  readonly key: string;
}

/** What a server has refused, in its own words. */
export class Refusal extends Error {
  readonly isPassing: boolean;

  constructor({ message, issues = [], retryable }: ErrorBody) {
    super([message, ...issues.map((issue) => issue.message)].join("\n"));
    this.isPassing = retryable;
  }
}

/** Sends one request. @throws {Refusal} where it is refused; a TypeError of fetch where no answer came. */
export async function askServer(
  { url, key }: AskedServer,
  name: OperationName,
  given: { query?: URLSearchParams; body?: object; signal?: AbortSignal } = {},
): Promise<Response> {
  const { method, path } = operationOf(name);
  const { query, body, signal } = given;
  const response = await fetch(`${url}${path}${query === undefined || query.size === 0 ? "" : `?${query}`}`, {
    method,
    headers: {
      Authorization: `Bearer ${key}`,
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  });
  if (response.ok) return response;
  throw new Refusal(await readRefusal(response));
}

/** What stands before the server may answer in other shapes. */
async function readRefusal(response: Response): Promise<ErrorBody> {
  const text = await response.text();
  try {
    const body = JSON.parse(text) as ErrorBody;
    if (typeof body.message === "string") return body;
  } catch {
    // Told below.
  }
  const message = `The server answered ${response.status}, and not in the shape of Stanchion. Is the address right?`;
  return { message, retryable: response.status >= 500 } as ErrorBody;
}

/** An event of a stream of our own server, which writes each field on one line. */
export interface ServerEvent {
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export async function* readEvents(response: Response): AsyncGenerator<ServerEvent, void, undefined> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of response.body ?? []) {
    const blocks = (rest + decoder.decode(chunk, { stream: true })).split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks) {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(block)?.[1];
      const [event, data] = [field("event"), field("data")];
      if (event !== undefined && data !== undefined) yield { event, data: JSON.parse(data) };
    }
  }
}
