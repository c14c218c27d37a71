import {
  type ErrorCode,
  errorExamples,
  errorsOf,
  errorTable,
  type OperationName,
  operationNames,
  operationOf,
} from "@stanchion/contract";
import type { FakeCall } from "./fake-call.ts";
import { type Refusal, refuse } from "./refusal.ts";

/** Which calls fail, and how. */
export interface FailOptions {
  /** Without it the next call fails that can be refused so by the contract. */
  readonly operation?: OperationName | undefined;
  /** How many calls fail, one after the other; 1 by default. */
  readonly times?: number | undefined;
  readonly retryAfterSeconds?: number | undefined;
  /** Instead of those of the contract's example. */
  readonly details?: Readonly<Record<string, unknown>> | undefined;
}

interface Failure extends FailOptions {
  readonly code: ErrorCode;
  left: number;
}

/** What the test wants to fail. */
export class FakeFailures {
  readonly #failures: Failure[] = [];

  /** @throws {TypeError} Where the contract has no such code, or the operation is never refused so. */
  add(code: ErrorCode, options: FailOptions): void {
    if (!(code in errorTable)) throw new TypeError(`The contract has no code ${code}.`);
    const { operation, times = 1 } = options;
    const refusing = operationNames.filter((name) => errorsOf(operationOf(name)).includes(code));
    if (operation !== undefined && !operationNames.includes(operation))
      throw new TypeError(`The contract has no operation ${operation}.`);
    if (operation !== undefined && !refusing.includes(operation))
      throw new TypeError(
        `${operation} is never refused with ${code}. It can be with ${errorsOf(operationOf(operation)).join(", ")}.`,
      );
    if (!Number.isInteger(times) || times < 1)
      throw new RangeError("times must be a whole number from 1 on.");
    this.#failures.push({ ...options, code, left: times });
  }

  /** The failure that this call is due, in the place of its answer. */
  take(call: FakeCall): Refusal | null {
    const at = this.#failures.findIndex(({ code, operation }) =>
      operation === undefined ? canRefuse(call.name, code) : operation === call.name,
    );
    const failure = this.#failures[at];
    if (failure === undefined) return null;
    failure.left -= 1;
    if (failure.left === 0) this.#failures.splice(at, 1);
    return refusalOf(failure, call);
  }

  clear(): void {
    this.#failures.length = 0;
  }
}

function canRefuse(name: OperationName, code: ErrorCode): boolean {
  const isOfNone = errorExamples[code].operation === null;
  return isOfNone || errorsOf(operationOf(name)).includes(code);
}

/** The contract's own example, about this call. */
function refusalOf({ code, details, retryAfterSeconds }: Failure, call: FakeCall): Refusal {
  const { headers, body } = errorExamples[code].response;
  const shown = headers["Retry-After"];
  const seconds = retryAfterSeconds ?? (shown === undefined ? undefined : Number(shown));
  const told = details ?? about(call, body.details);
  const hasSeconds = seconds !== undefined && "retryAfter" in told;
  const { Allow: allow } = headers;
  return refuse(code, {
    details: hasSeconds ? { ...told, retryAfter: seconds } : told,
    ...(body.issues === undefined ? {} : { issues: body.issues }),
    ...(seconds === undefined ? {} : { retryAfterSeconds: seconds }),
    ...(allow === undefined ? {} : { headers: { Allow: allow } }),
  });
}

/** The example's details, with the ids of the call in the places of the example's. */
function about(call: FakeCall, details: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const own = {
    queueId: call.param("queueId"),
    drawId: call.param("drawId"),
    consumerId: call.session?.consumerId ?? "",
  };
  const replaced = Object.entries(own).filter(([name, id]) => name in details && id !== "");
  return { ...details, ...Object.fromEntries(replaced) };
}
