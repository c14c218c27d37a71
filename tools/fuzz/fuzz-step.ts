/** One request before it meets the world: what fast-check makes and shrinks. */
import { type OperationName, operationOf, type Role, roles } from "@stanchion/contract";
import * as fc from "fast-check";
import type { OperationSurface, Parameter } from "./operation-surface.ts";
import {
  anyValue,
  type JsonValue,
  nearlyValidObject,
  strangeTexts,
  validValue,
} from "./value-arbitraries.ts";

/** `a member`: a session of the dashboard in the place of a key. */
export type Credential =
  | "right"
  | "a member"
  | "none"
  | "of another kind"
  | "of another organization"
  | "made up";

export interface FuzzStep {
  readonly operation: OperationName;
  readonly credential: Credential;
  /** Which of the fans asks. */
  readonly fan: number;
  /** Which of the members asks, where one does. */
  readonly role: Role;
  readonly isHead: boolean;
  readonly path: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  /** The text of the body with references in it; null: none. */
  readonly body: string | null;
}

/** Is it a member who asks, of the step's role? */
export function asksAsMember({ operation, credential }: FuzzStep): boolean {
  return credential === "a member" || (credential === "right" && operationOf(operation).access === "member");
}

/** Operations that lead on are asked for more often than those that only look, or end things. */
const weights: Partial<Record<OperationName, number>> = {
  createGuest: 4,
  createQueue: 3,
  createExperience: 3,
  createSequence: 3,
  createProduct: 3,
  createConsumer: 3,
  enterQueue: 6,
  createDraw: 3,
  enterDraw: 5,
  readDrawEntry: 3,
  readEntry: 4,
  admitEntry: 5,
  completeEntry: 4,
  denyEntry: 3,
  leaveQueue: 3,
  validateAdmission: 4,
  deleteQueue: 2,
  deleteExperience: 3,
  deleteSequence: 3,
  logout: 1,
  signIn: 3,
  signOut: 1,
};

export function fuzzStep(surfaces: readonly OperationSurface[]): fc.Arbitrary<FuzzStep> {
  return fc.oneof(
    ...surfaces.map((surface) => ({ weight: weights[surface.name] ?? 2, arbitrary: stepOf(surface) })),
  );
}

const credentials: fc.Arbitrary<Credential> = fc.oneof(
  { weight: 40, arbitrary: fc.constant<Credential>("right") },
  { weight: 12, arbitrary: fc.constant<Credential>("a member") },
  { weight: 1, arbitrary: fc.constant<Credential>("none") },
  { weight: 1, arbitrary: fc.constant<Credential>("of another kind") },
  { weight: 2, arbitrary: fc.constant<Credential>("of another organization") },
  { weight: 1, arbitrary: fc.constant<Credential>("made up") },
);

function stepOf(surface: OperationSurface): fc.Arbitrary<FuzzStep> {
  const { method } = operationOf(surface.name);
  return fc.record({
    operation: fc.constant(surface.name),
    credential: credentials,
    fan: fc.nat({ max: 3 }),
    role: fc.constantFrom(...roles),
    isHead: method === "GET" ? rarely(fc.constant(true), fc.constant(false), 30) : fc.constant(false),
    path: parametersOf(surface.path, 1, 20),
    query: parametersOf(surface.query, 0.3, 8),
    headers: headersOf(surface.headers),
    body: surface.body === null ? rarely(fc.constant("{}"), fc.constant(null), 20) : bodyOf(surface),
  });
}

/** `often` but for one in so many. */
function rarely<T>(seldom: fc.Arbitrary<T>, often: fc.Arbitrary<T>, oneIn: number): fc.Arbitrary<T> {
  return fc.oneof({ weight: oneIn - 1, arbitrary: often }, { weight: 1, arbitrary: seldom });
}

function parametersOf(
  parameters: readonly Parameter[],
  share: number,
  strangeOneIn: number,
): fc.Arbitrary<Record<string, string>> {
  const values = parameters.map(({ name, schema }) => {
    const prefix = pathPrefixes[name];
    const usual =
      prefix === undefined
        ? validValue(schema, name).map(String)
        : fc.nat({ max: 3 }).map((at) => `@{${prefix}:${at}}`);
    const value = rarely(strangeTexts, usual, strangeOneIn);
    const isSent =
      share === 1
        ? fc.constant(true)
        : fc.double({ min: 0, max: 1, noNaN: true }).map((chance) => chance < share);
    return fc.tuple(fc.constant(name), value, isSent);
  });
  const surplus =
    share === 1
      ? fc.constant(null)
      : rarely<[string, string] | null>(
          fc.tuple(fc.constantFrom("colour", "first", "limit"), strangeTexts),
          fc.constant(null),
          25,
        );
  return fc
    .tuple(fc.tuple(...values), surplus)
    .map(([all, more]) =>
      Object.fromEntries([
        ...all.filter(([, , isSent]) => isSent).map(([name, value]) => [name, value]),
        ...(more === null ? [] : [more]),
      ]),
    );
}

/** The kinds of what stands in paths, by the prefix of its ids. */
const pathPrefixes: Readonly<Record<string, string>> = {
  experienceId: "exp",
  sequenceId: "seq",
  queueId: "queue",
  drawId: "draw",
  webhookEndpointId: "whe",
  orderId: "order",
  hookId: "hook",
  consumerId: "cons",
  productId: "prod",
};

const headerValues: Readonly<Record<string, fc.Arbitrary<string>>> = {
  "X-Request-Id": fc.oneof(
    fc.stringMatching(/^[A-Za-z0-9_-]{1,20}$/),
    fc.constantFrom("a b", "x".repeat(65)),
  ),
  "Idempotency-Key": fc.oneof(
    fc.nat({ max: 20 }).map((n) => `key-${n}`),
    fc.constantFrom('"quoted"', "", "a b", "k".repeat(256)),
  ),
  "X-Stanchion-Mode": fc.constantFrom("test", "live", "prod"),
  "X-Stanchion-Organization": fc.constantFrom("@{org:0}", "org_", "nonsense"),
  "If-Match": fc.oneof(
    fc.nat({ max: 3 }).map((n) => `"${n}"`),
    fc.constantFrom("*", "1", "nonsense", 'W/"1"'),
  ),
  "If-None-Match": fc.oneof(
    fc.nat({ max: 3 }).map((n) => `"${n}.0"`),
    fc.constantFrom("*", 'W/"0.0"', '"0.0", "1.0"', "nonsense"),
  ),
  "X-Fingerprint": fc.constantFrom("device-0001", "device-0001", "device-0002", "short", "wrong characters"),
  DPoP: fc.constantFrom("nonsense", "e30.e30.e30", ""),
  "X-Line-Token": fc.oneof(
    fc.nat({ max: 3 }).map((n) => `@{lineToken:${n}}`),
    fc.constantFrom("nonsense", ""),
  ),
};

const alwaysPossible: Readonly<Record<string, fc.Arbitrary<string>>> = {
  Accept: fc.constantFrom("application/problem+json", "*/*"),
  Origin: fc.constantFrom("https://shop.example", "null"),
  "Content-Type": fc.constantFrom("text/plain", "application/json; charset=utf-16", ""),
};

function headersOf(parameters: readonly Parameter[]): fc.Arbitrary<Record<string, string>> {
  const named = parameters.map(({ name }) => {
    const values = headerValues[name];
    if (values === undefined)
      throw new Error(`the run does not know what to send as ${name}: add it to headerValues`);
    return optional(name, values, 3);
  });
  const others = Object.entries(alwaysPossible).map(([name, values]) =>
    optional(name, values, name === "Content-Type" ? 40 : 15),
  );
  return fc.tuple(...named, ...others).map((all) => Object.fromEntries(all.filter((one) => one !== null)));
}

function optional(
  name: string,
  values: fc.Arbitrary<string>,
  oneIn: number,
): fc.Arbitrary<[string, string] | null> {
  return rarely<[string, string] | null>(
    values.map((value): [string, string] => [name, value]),
    fc.constant(null),
    oneIn,
  );
}

function bodyOf({ name, body }: OperationSurface): fc.Arbitrary<string | null> {
  const schema = body ?? {};
  const written = (value: fc.Arbitrary<JsonValue>): fc.Arbitrary<string> =>
    value.map((one) => JSON.stringify(one));
  const usual = written(validValue(schema, ""));
  const others = fc.oneof(
    { weight: 6, arbitrary: written(nearlyValidObject(schema)) },
    { weight: 2, arbitrary: written(anyValue) },
    { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 30 }) },
    { weight: 1, arbitrary: fc.constant(null) },
  );
  const isOptional = operationOf(name).bodyNeeded === false;
  return fc.oneof<fc.WeightedArbitrary<string | null>[]>(
    { weight: 12, arbitrary: isOptional ? fc.oneof(fc.constant(null), usual) : usual },
    { weight: 5, arbitrary: others },
  );
}
