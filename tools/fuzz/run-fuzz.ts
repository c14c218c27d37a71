/** Random requests in sequences that build on each other; every answer is held against the contract and the served document. */
import { errorTable, type OperationName, operationNames, operationOf } from "@stanchion/contract";
import * as fc from "fast-check";
import { checkExchange } from "../conformance/check-exchange.ts";
import { type ReceivedAnswer, type SentRequest, sendRequest } from "../conformance/exchange.ts";
import { readDocument, type ServedDocument } from "../conformance/served-document.ts";
import { type Beginning, stepsOf } from "./beginnings.ts";
import { asksAsMember, type FuzzStep, fuzzStep } from "./fuzz-step.ts";
import { FuzzWorld, type Keys } from "./fuzz-world.ts";
import { readSurfaces } from "./operation-surface.ts";
import { isWithoutBeacon } from "./without-beacon.ts";

export interface FuzzOptions {
  readonly serverUrl: string;
  /** Makes an organization of its own for one run. */
  readonly newKeys: () => Promise<Keys>;
  /** What the server has complained of in its log about a request, where that can be known. */
  readonly logOf?: (requestId: string) => readonly string[];
  readonly seed: number;
  /** At least so many requests are sent. */
  readonly requests: number;
}

export interface FuzzResult {
  readonly seed: number;
  readonly requests: number;
  /** How often each operation answered each status. */
  readonly statuses: ReadonlyMap<OperationName, ReadonlyMap<number, number>>;
  /** Operations that never succeeded: the run did not reach what they need. */
  readonly neverSucceeded: readonly OperationName[];
  /** Null: every answer was as the contract says. Else the shortest sequence that was found, and what is wrong with its last answer. */
  readonly failure: string | null;
}

/** Sequences that run at the same time, each on connections that are kept. */
const lanes = 4;
const stepsMax = 40;
const roundRuns = 5;
/** How long a failure is made smaller. */
const shrinkMsMax = 20_000;

export async function runFuzz(options: FuzzOptions): Promise<FuzzResult> {
  const run = new FuzzRun(options, await readServed(options.serverUrl), await options.newKeys());
  const failures = await Promise.all(Array.from({ length: lanes }, (_, lane) => run.lane(lane)));
  return {
    seed: options.seed,
    requests: run.requests,
    statuses: run.statuses,
    neverSucceeded: operationNames.filter((name) => !run.statuses.get(name)?.has(operationOf(name).status)),
    failure: failures.find((failure) => failure !== null) ?? null,
  };
}

async function readServed(serverUrl: string): Promise<ServedDocument> {
  const answer = await fetch(`${serverUrl}/openapi.json`);
  return readDocument((await answer.json()) as Record<string, unknown>);
}

class FuzzRun {
  readonly #options: FuzzOptions;
  readonly #document: ServedDocument;
  readonly #foreignKeys: Keys;
  readonly statuses = new Map<OperationName, Map<number, number>>();
  requests = 0;
  #sequences = 0;

  constructor(options: FuzzOptions, document: ServedDocument, foreignKeys: Keys) {
    this.#options = options;
    this.#document = document;
    this.#foreignKeys = foreignKeys;
  }

  /** Runs sequences until its share of the requests is sent. Answers the shortest failure, or null. */
  async lane(lane: number): Promise<string | null> {
    let failure: string | null = null;
    let failedAtMs = 0;
    const sequence = fc.record({
      beginning: fc.constantFrom<Beginning>("nothing", "line", "admission"),
      steps: fc.array(fuzzStep(readSurfaces(this.#document.document)), {
        minLength: 1,
        maxLength: stepsMax,
        size: "max",
      }),
    });
    const property = fc.asyncProperty(sequence, async ({ beginning, steps }) => {
      if (failure !== null && Date.now() > failedAtMs + shrinkMsMax) return;
      const story = await this.#play([...stepsOf(beginning), ...steps]);
      if (story === null) return;
      if (failure === null) failedAtMs = Date.now();
      failure = story;
      throw new Error("an answer is not as the contract says");
    });
    // In small rounds: fast-check makes every sequence of a round, also when there is nothing left to send.
    for (let round = 0; failure === null && this.requests < this.#options.requests; round += 1)
      await fc.check(property, { seed: this.#options.seed + lane + lanes * round, numRuns: roundRuns });
    return failure;
  }

  /** Plays the steps on an organization of their own. Null: all is well; else the story of what was asked and answered. */
  async #play(steps: readonly FuzzStep[]): Promise<string | null> {
    this.#sequences += 1;
    const n = this.#sequences;
    const network = `10.${(n >> 8) & 255}.${n & 255}`;
    const world = new FuzzWorld(await this.#options.newKeys(), this.#foreignKeys, network);
    const told: string[] = [];
    for (const step of steps) {
      if (asksAsMember(step)) await world.letIn(step.role);
      const request = world.request(step);
      const answer = await sendRequest(this.#options.serverUrl, request);
      this.#count(step.operation, answer.status);
      world.learn(step, answer);
      told.push(tell(request, answer));
      const faults = this.#faultsOf(request, answer);
      if (faults.length > 0) told.push(...this.#logOf(answer));
      if (faults.length > 0)
        return [...told.slice(-12), "", ...faults.map((fault) => `  ✗ ${fault}`)].join("\n");
    }
    return null;
  }

  #logOf(answer: ReceivedAnswer): string[] {
    const lines = this.#options.logOf?.(answer.headers.get("x-request-id") ?? "nothing") ?? [];
    return lines.map((line) => `    log: ${line.trim().slice(0, 1_500)}`);
  }

  #faultsOf(request: SentRequest, answer: ReceivedAnswer): string[] {
    const { faults } = checkExchange({ request, answer }, errorTable, this.#document);
    // What was received may be an empty text; and why HEAD was refused, before it was counted or after, stands nowhere.
    const found = faults.filter(
      (fault) =>
        !fault.endsWith("received is not filled") &&
        !(request.method === "HEAD" && answer.status >= 400 && fault.startsWith("the rate-limit headers")),
    );
    return answer.status >= 500 && !isWithoutBeacon(request, answer)
      ? [`a ${answer.status} without an outage`, ...found]
      : found;
  }

  #count(operation: OperationName, status: number): void {
    this.requests += 1;
    const counts = this.statuses.get(operation) ?? new Map<number, number>();
    counts.set(status, (counts.get(status) ?? 0) + 1);
    this.statuses.set(operation, counts);
  }
}

function tell({ method, path, headers, body }: SentRequest, answer: ReceivedAnswer): string {
  const shown = Object.entries(headers).map(([name, value]) => `${name}: ${value.slice(0, 60)}`);
  return `${method} ${path.slice(0, 300)}\n    ${shown.join("; ")}${body === null ? "" : `\n    ${body.slice(0, 500)}`}\n    → ${answer.status} ${answer.text.slice(0, 500)}`;
}
