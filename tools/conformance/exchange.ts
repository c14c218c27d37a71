/** One request and its answer, as they were on the wire. */
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { noteSecretsOf } from "../../packages/server/src/testing/logged-secrets.ts";

export interface SentRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** True: bytes that no HTTP client would send, so that the server cannot read the headers. */
  readonly isRaw: boolean;
}

export interface ReceivedAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export interface Exchange {
  readonly request: SentRequest;
  readonly answer: ReceivedAnswer;
}

const answerMsMax = 60_000;
const agents = {
  "http:": new HttpAgent({ keepAlive: true, timeout: 5_000 }),
  "https:": new HttpsAgent({ keepAlive: true, timeout: 5_000 }),
};

/** Sends a request as it is given. Rejects where no answer comes. */
export async function sendRequest(serverUrl: string, sent: SentRequest): Promise<ReceivedAnswer> {
  const { protocol, hostname, port } = new URL(serverUrl);
  const isTls = protocol === "https:";
  noteSecretsOf(sent);
  return new Promise<ReceivedAnswer>((resolve, reject) => {
    const request = (isTls ? httpsRequest : httpRequest)({
      agent: isTls ? agents["https:"] : agents["http:"],
      host: hostname.replace(/^\[|\]$/g, ""),
      ...(port === "" ? {} : { port }),
      method: sent.method,
      path: sent.path,
      headers: {
        ...sent.headers,
        ...(sent.body === null ? {} : { "Content-Length": String(Buffer.byteLength(sent.body)) }),
      },
      timeout: answerMsMax,
    });
    request.on("response", (incoming) => readAnswer(incoming).then(resolve, reject));
    request.on("timeout", () => request.destroy(new Error("no answer came in time")));
    request.on("error", reject);
    request.end(sent.body ?? undefined);
  }).then((answer) => {
    noteSecretsOf({ headers: answer.headers, body: answer.text });
    return answer;
  });
}

async function readAnswer(incoming: IncomingMessage): Promise<ReceivedAnswer> {
  const headers = headersOf(incoming.rawHeaders);
  const status = incoming.statusCode ?? 0;
  // A stream does not end; that it began is the answer.
  if (headers.get("content-type")?.startsWith("text/event-stream")) {
    incoming.destroy();
    return { status, headers, text: "" };
  }
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(part as Buffer);
  return { status, headers, text: Buffer.concat(parts).toString("utf8") };
}

function headersOf(raw: readonly string[]): Headers {
  const headers = new Headers();
  for (let index = 0; index < raw.length; index += 2) headers.append(raw[index] ?? "", raw[index + 1] ?? "");
  return headers;
}

/** Sends bytes as they are and reads until the server closes the connection. */
export async function sendBytes(serverUrl: string, bytes: string): Promise<ReceivedAnswer> {
  const socket = openSocket(serverUrl);
  socket.write(bytes);
  return parseAnswer(await readToEnd(socket));
}

/**
 * Sends a request all but its last byte, on a connection that the server has answered on before; `finish` sends that byte.
 * A server that stops meanwhile takes no new connection, and this one it has.
 */
export async function sendAllButTheEnd(
  serverUrl: string,
  { method, path, headers }: SentRequest,
): Promise<{ finish(): Promise<ReceivedAnswer> }> {
  const socket = openSocket(serverUrl);
  const { host } = new URL(serverUrl);
  socket.write(`GET /health/live HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  await new Promise((resolve, reject) => {
    socket.once("data", resolve);
    socket.once("error", reject);
  });
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`${method} ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n${lines.join("")}\r`);
  return {
    async finish() {
      const received = readToEnd(socket);
      socket.write("\n");
      return parseAnswer(await received);
    },
  };
}

function openSocket(serverUrl: string): Socket {
  const { protocol, hostname, port } = new URL(serverUrl);
  const host = hostname.replace(/^\[|\]$/g, "");
  return protocol === "https:"
    ? connectTls(Number(port || 443), host, { servername: host })
    : connectTcp(Number(port || 80), host);
}

function readToEnd(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    socket.setEncoding("utf8");
    socket.setTimeout(answerMsMax, () => socket.destroy(new Error("no answer came in time")));
    socket.on("data", (data) => {
      text += String(data);
    });
    socket.on("close", () => resolve(text));
    socket.on("error", (error) => (text === "" ? reject(error) : resolve(text)));
  });
}

function parseAnswer(received: string): ReceivedAnswer {
  const end = received.indexOf("\r\n\r\n");
  const [statusLine = "", ...lines] = received.slice(0, Math.max(end, 0)).split("\r\n");
  const headers = new Headers(
    lines.map((line): [string, string] => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon), line.slice(colon + 1).trim()];
    }),
  );
  return { status: Number(statusLine.split(" ")[1] ?? 0), headers, text: received.slice(end + 4) };
}

/** The JSON object of an answer; null where it has none. */
export function jsonOf({ headers, text }: ReceivedAnswer): Record<string, unknown> | null {
  if (!headers.get("content-type")?.includes("json") || text === "") return null;
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === "object" ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
