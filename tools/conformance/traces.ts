/** What a run has made on a server that is not its own, so that it can be taken away again. */
import { type Exchange, jsonOf, type SentRequest, sendRequest } from "./exchange.ts";

export interface Traces {
  /** To be told of every exchange. */
  note(exchange: Exchange): void;
  /** Runs a request, of which nobody knows what it makes until it is answered. Once the run is stopped it never begins. */
  sending<T>(send: () => Promise<T>): Promise<T>;
  /** Lets no request begin any more, and waits for those that are under way. */
  stop(): Promise<void>;
  /** Takes away what was made, the newest first, since it may stand in an older thing. Asked again it is the same work. */
  remove(): Promise<void>;
  /** The paths of what is still there. */
  left(): readonly string[];
}

const underWayMsMax = 10_000;
const exchangePath = "/api/v1/auth/external/exchange";

export function createTraces(url: string, secretKey: string, say: (line: string) => void): Traces {
  const made: string[] = [];
  const entered: { path: string; verb: "deny" | "remove"; consumerId: string }[] = [];
  const left = new Set<string>();
  const underWay = new Set<Promise<unknown>>();
  let isStopped = false;
  let removing: Promise<void> | null = null;

  const call = async (method: string, path: string, body?: unknown): Promise<number> => {
    const request: SentRequest = {
      method,
      path,
      headers: {
        Authorization: `Bearer ${secretKey}`,
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      },
      body: body === undefined ? null : JSON.stringify(body),
      isRaw: false,
    };
    for (;;) {
      const answer = await sendRequest(url, request);
      if (answer.status !== 429) return answer.status;
      const seconds = Number(answer.headers.get("retry-after") ?? 1);
      await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    }
  };
  const removeAll = async (): Promise<void> => {
    for (const { path, verb, consumerId } of entered) {
      const reason = verb === "deny" ? "the conformance run is over" : "RULES";
      await call("POST", `${path}/${verb}`, { consumerId, reason });
    }
    // Lines and draws make the consumers of their guests, once each.
    const consumers = new Set(entered.map(({ consumerId }) => `/api/v1/consumers/${consumerId}`));
    for (const path of [...made.toReversed(), ...consumers]) {
      // Keys stay on the record, and are revoked.
      const status = path.startsWith("/api/v1/api-keys/")
        ? await call("POST", `${path}/revoke`, { evenIfLast: true })
        : await call("DELETE", path);
      if (status === 200 || status === 204 || status === 404) left.delete(path);
    }
    if (left.size > 0) say(`Left behind on the server: ${[...left].join(", ")}`);
    // A queue or draw without a sequence makes an experience of its own, which goes with it.
    else if (made.length > 0) say(`${made.length} things were made and taken away again.`);
  };

  return {
    note({ request, answer }) {
      const body = jsonOf(answer);
      // Whoever is vouched for is a consumer, whose id the exchange of the code tells.
      const isExchanged = answer.status === 200 && request.path === exchangePath;
      if (answer.status !== 201 && !isExchanged) return;
      const location = isExchanged
        ? `/api/v1/consumers/${Object(body?.session).consumerId}`
        : answer.headers.get("location");
      const [, path, kind] = /^(\/api\/v1\/(queues|draws)\/[^/]+)\/enter$/.exec(request.path) ?? [];
      if (path !== undefined) {
        const verb = kind === "draws" ? "remove" : "deny";
        entered.push({ path, verb, consumerId: String(body?.consumerId) });
        left.add(`/api/v1/consumers/${body?.consumerId}`);
      } else if (location !== null) {
        made.push(location);
        left.add(location);
      }
    },
    sending(send) {
      if (isStopped) return new Promise(() => {});
      const sent = send();
      underWay.add(sent);
      const forget = (): void => void underWay.delete(sent);
      sent.then(forget, forget);
      return sent;
    },
    async stop() {
      isStopped = true;
      const patience = new Promise((resolve) => setTimeout(resolve, underWayMsMax).unref());
      await Promise.race([Promise.allSettled(underWay), patience]);
      // Whoever sent them notes what they made before this goes on.
      await new Promise((resolve) => setImmediate(resolve));
    },
    remove() {
      removing ??= removeAll();
      return removing;
    },
    left: () => [...left],
  };
}
