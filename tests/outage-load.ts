/** Joins, statuses and creates, one after the other in several lanes, while something else breaks the server's surroundings. */
import type { NewOrganization } from "../packages/server/src/identity/index.ts";
import { type Answered, type Guest, makeGuests, until } from "./server-process.ts";

/** What was asked and answered so far. */
export interface Load {
  readonly answered: number;
  /** The names of the experiences that were acknowledged. */
  readonly created: string[];
  /** The tickets that were acknowledged. */
  readonly tickets: number[];
  /** What is neither a success nor a 503 with Retry-After, nor a lock that was waited for too long. */
  readonly strange: string[];
  readonly slowestMs: number;
  /** Resolves once a join and a create have each been answered with a success that was asked for from now on. */
  untilServed(): Promise<void>;
  /** Resolves once a create has been refused because the database is away. */
  untilRefused(): Promise<void>;
  /** Resolves once the public board has been answered, as it is from memory. */
  untilBoardAnswers(): Promise<void>;
  stop(): Promise<void>;
}

const lanesOfEach = 6;

export function askUnderLoad(options: { url: string; shop: NewOrganization; queueId: string }): Load {
  const { url, shop, queueId } = options;
  const queuePath = `/api/v1/queues/${queueId}`;
  const seen = { answered: 0, slowestMs: 0, refused: 0, joins: 0, creates: 0 };
  const created: string[] = [];
  const tickets: number[] = [];
  const strange: string[] = [];
  let isStopped = false;

  /** One call, timed and judged; answers it where it was a success. */
  const ask = async (what: string, call: () => Promise<Answered | null>): Promise<Answered | null> => {
    const askedAtMs = performance.now();
    const answer = await call();
    seen.slowestMs = Math.max(seen.slowestMs, performance.now() - askedAtMs);
    seen.answered += 1;
    if (answer !== null && answer.status < 300) return answer;
    const code = answer?.body.code;
    const isAway = code === "DATABASE_UNAVAILABLE" && answer?.headers.has("retry-after");
    const isTooSlow =
      // A statement that was at it when the database stood still has taken longer than one may when it goes on,
      (code === "OVERLOADED" && answer?.headers.has("retry-after")) ||
      // and so has one that waited for a lock.
      (code === "CONCURRENT_MODIFICATION" && answer?.body.retryable === true);
    if (isAway) seen.refused += 1;
    else if (!isTooSlow) strange.push(`${what}: ${answer?.status} ${JSON.stringify(answer?.body)}`);
    return null;
  };

  const joinOnce = async (): Promise<void> => {
    const guest = await ask("guest", async () => {
      const guests = await makeGuests(url, shop.publishableKey, 1);
      return { status: 201, headers: new Headers(), body: { guest: guests[0] } };
    });
    const joiner = guest?.body.guest as Guest;
    const joined = await ask("enter", () =>
      joiner.call(url, "POST", `${queuePath}/enter`, { "Idempotency-Key": "join" }),
    );
    if (joined === null) return;
    seen.joins += 1;
    tickets.push(Number(joined.body.ticket));
    const lineToken = { "X-Line-Token": String(joined.body.lineToken) };
    await ask("status", () => joiner.call(url, "GET", `${queuePath}/status`, lineToken));
  };

  const createOnce = async (name: string): Promise<void> => {
    const answer = await ask("create", () =>
      fetch(`${url}/api/v1/experiences`, {
        method: "POST",
        headers: {
          Authorization: `Bearer ${shop.secretKey}`,
          "Content-Type": "application/json",
          "Idempotency-Key": name,
        },
        body: JSON.stringify({ name }),
      }).then(
        async (reply) => ({
          status: reply.status,
          headers: reply.headers,
          body: (await reply.json()) as Record<string, unknown>,
        }),
        () => null,
      ),
    );
    if (answer === null) return;
    seen.creates += 1;
    created.push(name);
  };

  const beganAt = Date.now();
  const lane = async (index: number): Promise<void> => {
    for (let turn = 0; !isStopped; turn += 1)
      if (index % 2 === 0) await joinOnce();
      else await createOnce(`experience-${beganAt}-${index}-${turn}`);
  };
  const lanes = Array.from({ length: 2 * lanesOfEach }, (_, index) => lane(index));

  return {
    created,
    tickets,
    strange,
    get answered() {
      return seen.answered;
    },
    get slowestMs() {
      return seen.slowestMs;
    },
    async untilServed() {
      const { joins, creates } = seen;
      // Two rounds of every lane: what was asked for before is answered by then.
      await until(
        async () => ({
          served: Math.min(seen.joins - joins, seen.creates - creates),
          strange: strange.at(-1),
        }),
        ({ served }) => served > 2 * lanesOfEach,
      );
    },
    async untilRefused() {
      const { refused } = seen;
      await until(
        async () => seen.refused,
        (count) => count > refused,
      );
    },
    async untilBoardAnswers() {
      await until(
        async () => (await fetch(`${url}${queuePath}/now-serving`)).status,
        (status) => status === 200,
      );
    },
    async stop() {
      isStopped = true;
      await Promise.all(lanes);
    },
  };
}
