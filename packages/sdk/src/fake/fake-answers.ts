import type { OperationName } from "@stanchion/contract";
import type { FakeCall } from "./fake-call.ts";
import type { FakeWorld } from "./fake-world.ts";

/** An answer before it is written: JSON, unless it says otherwise. */
export interface FakeAnswer {
  readonly status?: number;
  readonly json?: object;
  readonly headers?: Readonly<Record<string, string>>;
  /** Instead of JSON. */
  readonly response?: (headers: Readonly<Record<string, string>>) => Response;
}

/** What a fake answers an operation. */
export type FakeHandler = (world: FakeWorld, call: FakeCall) => FakeAnswer | Promise<FakeAnswer>;
export type FakeHandlers = Partial<Record<OperationName, FakeHandler>>;

/** A page of a list, newest first. */
export function pageOf<Item extends { readonly id: string }>(
  call: FakeCall,
  newestFirst: readonly Item[],
): FakeAnswer {
  const { first = 20, after } = call.query() as { first?: number; after?: string };
  const start = after === undefined ? 0 : newestFirst.findIndex(({ id }) => id === after) + 1;
  const data = newestFirst.slice(start, start + first);
  const hasNextPage = start + first < newestFirst.length;
  const endCursor = data.at(-1)?.id ?? null;
  return { json: { data, pageInfo: { endCursor, hasNextPage } } };
}
