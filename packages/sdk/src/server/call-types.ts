/** The types of the calls, worked out from the contract's own table of operations. */
import type { operations } from "@stanchion/contract";
import type { CallShape } from "./call-shape.ts";
import type { ListAnswer, ListPage } from "./list-pages.ts";
import type { serverCalls } from "./server-calls.ts";
import type { StreamEvent } from "./stream-events.ts";

/** Every call, by group and name: `calls.queues.create`. */
export type ServerCalls = {
  readonly [Group in keyof typeof serverCalls]: CallsOf<(typeof serverCalls)[Group]>;
};

/** What every call takes last. */
export interface ServerCallOptions {
  /** Ends the call, also while it waits between tries: it throws ABORTED. */
  readonly signal?: AbortSignal | undefined;
  /** Sent as X-Request-Id on every try: 1 to 64 of `A-Z a-z 0-9 _ -`. Random by default. */
  readonly requestId?: string | undefined;
  /** Of one try, in ms. */
  readonly timeoutMs?: number | undefined;
}

/** What a POST takes besides. */
export interface IdempotentOptions {
  /** 1 to 255 visible ASCII characters; the same key within 24 hours is the same call. Random by default. */
  readonly idempotencyKey?: string | undefined;
}

/** What a change of a resource takes besides. */
export interface IfMatchOptions {
  /** The `version` that is to be changed; if it is not the present one, CONCURRENT_MODIFICATION. */
  readonly ifMatch?: number | "*" | undefined;
}

/** What a call that judges a device takes besides. */
export interface FingerprintOptions {
  /** Sent as X-Fingerprint. */
  readonly fingerprint?: string | undefined;
}

type CallsOf<Calls> = {
  readonly [Name in keyof Calls]: Calls[Name] extends CallShape ? Call<Calls[Name]> : never;
};

type Call<Shape extends CallShape> = (
  ...args: [...PathArguments<Shape["path"]>, ...InputArguments<Shape>, options?: OptionsOf<Shape>]
) => AnswerOf<Shape>;

type OperationOf<Shape extends CallShape> = (typeof operations)[Shape["operation"]];

type PathArguments<Path extends string> = Path extends `${string}{${string}}${infer Rest}`
  ? [id: string, ...PathArguments<Rest>]
  : [];

type InputArguments<Shape extends CallShape> = Shape["input"] extends "none"
  ? []
  : Shape["input"] extends "text"
    ? [text: string, query?: InputOf<OperationOf<Shape>, "query">]
    : Shape["input"] extends "query"
      ? [query?: InputOf<OperationOf<Shape>, "query">]
      : OperationOf<Shape> extends { readonly bodyNeeded: false }
        ? [body?: InputOf<OperationOf<Shape>, "body">]
        : [body: InputOf<OperationOf<Shape>, "body">];

type InputOf<Operation, Member extends string> =
  Operation extends Readonly<Record<Member, infer Schema>> ? TypesOf<Schema>["input"] : never;

type OptionsOf<Shape extends CallShape> = ServerCallOptions &
  (Shape["method"] extends "POST" ? IdempotentOptions : unknown) &
  (OperationOf<Shape> extends { readonly ifMatch: true } ? IfMatchOptions : unknown) &
  (OperationOf<Shape> extends { readonly fingerprint: true } ? FingerprintOptions : unknown);

type AnswerOf<Shape extends CallShape> = {
  readonly json: Promise<AnswerBody<OperationOf<Shape>>>;
  readonly list: AnswerBody<OperationOf<Shape>> extends ListPage<infer Item> ? ListAnswer<Item> : never;
  readonly text: Promise<string>;
  readonly bytes: Promise<Uint8Array>;
  readonly events: AsyncIterable<StreamEvent>;
  readonly nothing: Promise<void>;
}[Shape["answer"]];

type AnswerBody<Operation> = Operation extends { readonly answer: infer Schema }
  ? TypesOf<FullestOf<Schema>>["output"]
  : never;

/** Where the answer depends on who asks, the contract names first what a secret key sees. */
type FullestOf<Schema> = Schema extends {
  readonly type: "union";
  readonly options: readonly [infer First, ...unknown[]];
}
  ? First
  : Schema;

type TypesOf<Schema> = Schema extends {
  readonly "~types"?: infer Types extends { readonly input: unknown; readonly output: unknown } | undefined;
}
  ? NonNullable<Types>
  : never;
