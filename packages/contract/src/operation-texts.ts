/** What the document says of operations beyond their summaries, made from what the table knows of them. */
import {
  type OperationName,
  type OperationShape,
  operationNames,
  operationOf,
  type operations,
  readsProof,
} from "./operations.ts";
import { rateClasses } from "./rate-classes.ts";

type Tag = (typeof operations)[OperationName]["tag"];

const tagDescriptions: Readonly<Record<Tag, string>> = {
  sessions: "Guests, their tokens, and the end of a session.",
  consumers: "The people of a shop, as far as the shop tells about them.",
  products: "What is sold, with its variants.",
  experiences: "Launches: what happens on one day, with its opening hours.",
  sequences: "The parts of an experience, in their order.",
  queues: "Lines: their settings, and opening, pausing and closing them.",
  line: "The line as a fan meets it: entering, waiting, leaving, and the public board.",
  draws: "Draws: their settings, their rules, and cancelling them.",
  entries: "A draw as a fan meets it: entering, leaving, and the receipt that proves it.",
  proofs: "What anyone needs to check a draw, without a credential.",
  admissions: "What a shop's server does with those whose turn it is.",
  orders: "What the shop's checkout reports: what was bought, by whom, and whether it is paid.",
  hooks: "Where shop systems report orders by themselves, signed.",
  fairness: "What anyone can check, without a credential.",
  members: "The people of the dashboard: signing in, their sessions, roles and invitations.",
  audit: "Who changed what, when and from where, in a chain that shows what was removed or altered.",
  keys: "API keys: who may call, and what with.",
  organization: "One's own organization, the web origins that it allows among its settings.",
  webhooks: "What the server tells the shop's own systems, signed, by itself.",
  requests: "What became of a request, for whoever has its id.",
  service: "The service itself: health, metrics, keys, and this document.",
};

/** The groups of operations in the order of the table, each with a sentence. */
export function documentTags(): { name: string; description: string }[] {
  const names = new Set(operationNames.map((name) => operationOf(name).tag as Tag));
  return [...names].map((name) => ({ name, description: tagDescriptions[name] }));
}

const callers: Readonly<Record<OperationShape["access"], string>> = {
  anyone: "Anyone may call it, without a credential.",
  publishable: "For a publishable key; a secret key is accepted too.",
  consumer: "For a consumer: a publishable key and the consumer's access token.",
  maybeConsumer:
    "For a publishable key, with the consumer's access token where there is one; a secret key is accepted too.",
  secret: "For a secret key, from a server only.",
  member: "For a member who is signed in, by the cookie of the session.",
  signed: "For a shop system, which signs the body with the secret of the hook.",
  visitor: "For who has no session yet; from no page of another origin.",
};

/** Who of the members may call, where it is not only theirs. */
function membersSentence({ access, leastRole = null }: OperationShape): string[] {
  if (leastRole === null || (access === "member" && leastRole === "viewer")) return [];
  return [`Members may call it by their session from the role \`${leastRole}\` on.`];
}

/** Who may call, how it is counted, and which headers it honours. */
export function descriptionOf(operation: OperationShape): string {
  const { access, scope = null, rateClass, idempotent, ifMatch, fingerprint } = operation;
  const sentences = [
    `${operation.summary}.`.replace(/\?\.$/, "?"),
    callers[access],
    ...membersSentence(operation),
  ];
  if (scope !== null) sentences.push(`A secret key needs the scope \`${scope}\`.`);
  if (rateClass === null) sentences.push("It is not limited.");
  else {
    const { limit, windowSeconds, countedPer } = rateClasses[rateClass];
    sentences.push(
      `It counts in the rate class \`${rateClass}\`: ${limit} calls in ${windowSeconds} s for each ${countedPer}, unless the organization was given other numbers.`,
    );
  }
  if (idempotent) sentences.push("It takes an `Idempotency-Key`: a repeat gets the first answer again.");
  if (ifMatch) sentences.push("It honours `If-Match` with the version of the resource.");
  if (readsProof(operation))
    sentences.push(
      "It reads a proof of the device's key (RFC 9449) from `DPoP`: a session that began with one needs one by the same key on every call.",
    );
  if (fingerprint) sentences.push("It reads the device from `X-Fingerprint`.");
  return sentences.join(" ");
}

const parameterDescriptions: Readonly<Record<string, string>> = {
  first: "How many of the list to answer at most.",
  after: "The endCursor of the page before: the list goes on behind it.",
  search: "Only what has this text in its name.",
  status: "Only what is in this state.",
  action: "Only changes of this kind.",
  actor:
    "Only what was done by whoever has this id, such as a key's, or by `host` (the server's own command) or `system` (the server by itself).",
  target: "Only what is about the thing with this id.",
  from: "Only what was recorded at this time or later.",
  to: "Only what was recorded before this time.",
  kind: "Only what is of this kind.",
  keyId: "The id of the API key, which is no secret.",
  dryRun: "`true`: nothing is written, and the answer says what would be.",
  segment: "The number of the segment: rank divided by 4096, rounded down.",
  role: "Only who has this role.",
  mode: "Which data: `live` unless said otherwise.",
  size: "The log as it was at this many entries; left out: as it is.",
  inclusion: "The index of an entry: the answer proves that it is in the log of this size.",
  consistency: "An older size: the answer proves that the log of this size begins with the whole older one.",
  distributionId: "Only what is about the draw or line with this id.",
  webhookEndpointId: "The id of the webhook endpoint.",
  externalId: "What the shop's own system calls the order.",
  requestId: "The X-Request-Id of an answer, or the one that the caller chose.",
};

/** What a parameter of a path or a query is. */
export function parameterDescription(name: string): string {
  const kind = /^(\w+)Id$/.exec(name)?.[1];
  return parameterDescriptions[name] ?? (kind === undefined ? `The ${name}.` : `The id of the ${kind}.`);
}

export const documentDescription = `Fair lines for launches that far more people want than there is of it.

Every answer that is not a success has one shape, the schema \`Error\`: switch on \`error\` or the finer \`code\`, show \`message\`, read \`details\`, and try again where \`retryable\` says so. Each code has a page of its own under \`/docs/errors\`. Every answer has an \`X-Request-Id\`; what became of a request can be read with it for seven days.

Ids are opaque texts with a prefix for their kind. Times are RFC 3339. What a body must not have is refused, never ignored.`;
