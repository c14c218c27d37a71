/** The shapes of what the API answers, and of what creates and patches take. */
import * as v from "valibot";
import { auditActions } from "./audit-actions.ts";
import { drawEntryStatuses, removalReasons } from "./draw-resources.ts";
import { issueTypes } from "./errors.ts";
import { beacon, beaconChoice, lineReceipt } from "./fairness-resources.ts";
import {
  clearable,
  currency,
  dateTime,
  email,
  id,
  integer,
  metadata,
  metadataPatch,
  name,
  neededInPatch,
  newPassword,
  presentPassword,
  price,
  rule,
  sku,
  text,
  timeZone,
  webOrigin,
  webUrl,
} from "./fields.ts";
import { limits } from "./limits.ts";
import { order } from "./order-resources.ts";
import { entryAdmission, entryLevels, hold, holdsInput, stamps } from "./resource-parts.ts";
import { roles } from "./roles.ts";
import { scopeNames } from "./scopes.ts";
import { theme, themeInput } from "./theme.ts";

export { type EntryLevel, entryAdmission, entryLevels, type Hold, type HoldInput } from "./resource-parts.ts";

const slug = v.pipe(
  v.string(),
  v.minLength(1),
  v.maxLength(limits.slugCharactersMax),
  v.regex(/^[a-z0-9]+(-[a-z0-9]+)*$/),
);

export const queueStatuses = ["SCHEDULED", "DRAWING", "OPEN", "PAUSED", "CLOSED"] as const;
export type QueueStatus = (typeof queueStatuses)[number];

export const entryStatuses = ["QUEUED", "ADMITTED", "COMPLETED", "LEFT", "EXPIRED", "DENIED"] as const;
export type EntryStatus = (typeof entryStatuses)[number];

// --- consumers ---
const consumerOptions = { email: clearable(email), name: clearable(name) };
export const consumerCreate = v.object({
  id: v.optional(id("consumer")),
  ...consumerOptions,
  metadata: clearable(metadata),
});
export const consumerPatch = v.object({ ...consumerOptions, metadata: clearable(metadataPatch) });
export const consumer = v.object({
  id: v.string(),
  email: v.nullable(v.string()),
  name: v.nullable(v.string()),
  metadata: v.record(v.string(), v.string()),
  ...stamps,
});
/** One consumer of a batch. It is judged by itself, as {@link consumerCreate}: a bad one fails no other. */
export const batchedConsumer = v.custom<v.InferInput<typeof consumerCreate>>(() => true);
export const consumerBatch = v.object({
  consumers: v.pipe(v.array(batchedConsumer), v.minLength(1), v.maxLength(limits.consumersPerBatchMax)),
});
const issue = v.object({
  kind: v.literal("validation"),
  type: v.picklist(issueTypes),
  expected: v.string(),
  received: v.string(),
  message: v.string(),
  path: v.array(v.object({ type: v.picklist(["object", "array"]), key: v.union([v.string(), v.number()]) })),
});
export const batchResult = v.object({
  status: v.picklist(["created", "existing", "refused"]),
  /** Null where it was refused. */
  consumer: v.nullable(consumer),
  /** Why it was refused, in the words of a single create. */
  refusal: v.nullable(
    v.object({
      error: v.string(),
      code: v.string(),
      message: v.string(),
      details: v.record(v.string(), v.unknown()),
      issues: v.array(issue),
    }),
  ),
});
/** The results stand in the order of the batch. */
export const consumerBatched = v.object({
  created: v.number(),
  existing: v.number(),
  refused: v.number(),
  results: v.array(batchResult),
});
/** Where a consumer takes part at this moment. */
export const activeEntry = v.union([
  v.object({
    entryId: v.string(),
    queueId: v.string(),
    status: v.picklist(["QUEUED", "ADMITTED"]),
    enteredAt: v.string(),
  }),
  v.object({
    entryId: v.string(),
    drawId: v.string(),
    status: v.literal("ENTERED"),
    enteredAt: v.string(),
  }),
]);
export const consumerProfile = v.object({ ...consumer.entries, active: v.array(activeEntry) });
/** What consumers see of themselves: metadata is the shop's. */
export const ownProfile = v.object({
  id: v.string(),
  email: v.nullable(v.string()),
  name: v.nullable(v.string()),
  createdAt: v.string(),
  active: v.array(activeEntry),
});

// --- products ---
export const productStatuses = ["ACTIVE", "ARCHIVED"] as const;
/** How many there are in all, those that are held or sold included; null: as many as anybody wants. */
const stock = integer(0, limits.stockMax);
const variantInput = v.object({
  id: v.optional(id("variant")),
  name,
  sku,
  price: clearable(price),
  stock: clearable(stock),
});
const productOptions = {
  price: clearable(price),
  currency: clearable(currency),
  stock: clearable(stock),
  status: clearable(v.picklist(productStatuses)),
  variants: clearable(v.pipe(v.array(variantInput), v.maxLength(limits.variantsMax))),
};
export const productCreate = v.object({ id: v.optional(id("product")), name, sku, ...productOptions });
export const productPatch = v.object({
  name: neededInPatch(name),
  sku: neededInPatch(sku),
  ...productOptions,
});
/** Units of a variant, or of a product without variants. */
const stockLevel = v.object({
  id: v.string(),
  /** Held by admissions, by orders that are not paid yet, and by draws until their result is there. */
  reserved: v.number(),
  sold: v.number(),
  /** Neither held nor sold; null: as many as anybody wants. */
  available: v.nullable(v.number()),
});
const variantFacts = { id: v.string(), name: v.string(), sku: v.string(), price: v.nullable(v.string()) };
export const variant = v.object({ ...variantFacts, stock: v.nullable(v.number()) });
const productFacts = { ...variantFacts, currency: v.nullable(v.string()) };
export const product = v.object({
  ...productFacts,
  /** Its own: of a product with variants each variant has its stock, and the product none. */
  stock: v.nullable(v.number()),
  status: v.picklist(productStatuses),
  variants: v.array(variant),
  /** Of each variant, or of the product itself where it has none. */
  stockLevels: v.array(stockLevel),
  ...stamps,
});

/** A number of units as a table has it, in digits. */
const stockText = v.pipe(
  v.string(),
  rule<string>("format", "integer", (value) => /^-?\d{1,20}$/.test(value)),
  rule<string>("min_value", "0", (value) => !(Number(value) < 0)),
  rule<string>("max_value", String(limits.stockMax), (value) => !(Number(value) > limits.stockMax)),
);
/** A line of the table that products are kept in outside: one for each variant, or one for a product without. */
export const productTableRow = v.object({
  product_id: v.optional(id("product")),
  name: v.optional(name),
  sku,
  price: v.optional(price),
  currency: v.optional(currency),
  stock: v.optional(stockText),
  status: v.optional(v.picklist(productStatuses)),
  variant_id: v.optional(id("variant")),
  variant_name: v.optional(name),
  variant_sku: v.optional(sku),
  variant_price: v.optional(price),
  variant_stock: v.optional(stockText),
});
/** How many products a table has made, changed, and left as they are. */
export const productsImported = v.object({
  created: v.number(),
  updated: v.number(),
  unchanged: v.number(),
});

// --- experiences ---
const experienceOptions = {
  slug: clearable(slug),
  openAt: clearable(dateTime),
  closeAt: clearable(dateTime),
  timeZone: clearable(timeZone),
  products: clearable(v.pipe(v.array(id("product")), v.maxLength(limits.offeredProductsMax))),
  theme: clearable(themeInput),
};
export const experienceCreate = v.object({ id: v.optional(id("experience")), name, ...experienceOptions });
export const experiencePatch = v.object({ name: neededInPatch(name), ...experienceOptions });
const experienceFacts = {
  id: v.string(),
  name: v.string(),
  slug: v.nullable(v.string()),
  status: v.picklist(["SCHEDULED", "OPEN", "CLOSED"]),
  openAt: v.nullable(v.string()),
  closeAt: v.nullable(v.string()),
  timeZone: v.string(),
  /** How its pages look; null: as those of everybody. */
  theme: v.nullable(theme),
};
/** What everyone with a publishable key sees of what an experience offers. */
export const publicOffer = v.object({ ...productFacts, variants: v.array(v.object(variantFacts)) });
export const offer = v.object({ ...publicOffer.entries, status: v.picklist(productStatuses) });
/** Products that are archived are left out. */
export const publicExperience = v.object({ ...experienceFacts, products: v.array(publicOffer) });
export const experience = v.object({ ...experienceFacts, products: v.array(offer), ...stamps });
/** Of a list: what it offers is read with the experience itself. */
export const listedExperience = v.object({ ...experienceFacts, ...stamps });

// --- sequences ---
const sequenceOptions = { priority: clearable(integer(-1_000_000, 1_000_000)) };
export const sequenceCreate = v.object({
  id: v.optional(id("sequence")),
  experienceId: id("experience"),
  name,
  ...sequenceOptions,
});
export const sequencePatch = v.object({ name: neededInPatch(name), ...sequenceOptions });
export const sequence = v.object({
  id: v.string(),
  experienceId: v.string(),
  name: v.string(),
  priority: v.number(),
  ...stamps,
});

// --- queues ---
/** What becomes of those who wait once everything is sold: the line ends, or they wait for what may be given back. */
export const whenSoldOut = ["end", "wait"] as const;
const admitRate = integer(1, limits.admitRateMax);
const queueOptions = {
  openAt: clearable(dateTime),
  closeAt: clearable(dateTime),
  timeZone: clearable(timeZone),
  waitlistUrl: clearable(webUrl),
  capacity: clearable(integer(1, limits.capacityMax)),
  maxConcurrentAdmissions: clearable(integer(1, limits.capacityMax)),
  maxAdmissions: clearable(integer(1, limits.capacityMax)),
  admissionExpirationSeconds: clearable(
    integer(limits.admissionExpirationSecondsMin, limits.admissionExpirationSecondsMax),
  ),
  completionGraceSeconds: clearable(integer(0, limits.completionGraceSecondsMax)),
  shuffleBeforeOpen: clearable(v.boolean()),
  joinFrom: clearable(dateTime),
  beacon: clearable(beaconChoice),
  entryLevel: clearable(v.picklist(entryLevels)),
  requireFingerprint: clearable(v.boolean()),
  checkoutUrl: clearable(webUrl),
  pageUrl: clearable(webUrl),
  holds: clearable(holdsInput),
  whenSoldOut: clearable(v.picklist(whenSoldOut)),
};
export const queueCreate = v.object({
  id: v.optional(id("queue")),
  sequenceId: clearable(id("sequence")),
  name,
  admitRate,
  ...queueOptions,
});
export const queuePatch = v.object({
  name: neededInPatch(name),
  admitRate: neededInPatch(admitRate),
  ...queueOptions,
});
/** What everyone with a publishable key sees of a queue. */
export const publicQueue = v.object({
  id: v.string(),
  name: v.string(),
  experienceId: v.string(),
  sequenceId: v.string(),
  status: v.picklist(queueStatuses),
  openAt: v.nullable(v.string()),
  closeAt: v.nullable(v.string()),
  timeZone: v.string(),
  /** A page on which to ask to be told, for who comes before the opening, or too late. */
  waitlistUrl: v.nullable(v.string()),
  capacity: v.nullable(v.number()),
  waiting: v.number(),
  /** The page of the shop that has the line, to which mails at the turn lead; null: they lead to the server's own. */
  pageUrl: v.nullable(v.string()),
  /** Whether people can come before the opening, at which their order is drawn; from when on, null: from its making on. */
  shuffleBeforeOpen: v.boolean(),
  joinFrom: v.nullable(v.string()),
  /** By what the order is drawn. */
  beacon,
  /** Of the rules, which the proof shows; null for queues of before there were any. */
  rulesHash: v.nullable(v.string()),
});
export const queue = v.object({
  ...publicQueue.entries,
  /** Paused by an operator, also while its status says SCHEDULED or DRAWING: it admits nobody until it is resumed. */
  isPaused: v.boolean(),
  admitRate: v.number(),
  maxConcurrentAdmissions: v.nullable(v.number()),
  maxAdmissions: v.nullable(v.number()),
  admissionExpirationSeconds: v.number(),
  completionGraceSeconds: v.number(),
  entryLevel: v.picklist(entryLevels),
  requireFingerprint: v.boolean(),
  checkoutUrl: v.nullable(v.string()),
  /** What each admission holds of the stock. */
  holds: v.array(hold),
  whenSoldOut: v.picklist(whenSoldOut),
  ...stamps,
});
export const queueClose = v.object({ drain: v.optional(v.boolean()) });
export const noBody = v.object({});

// --- entries and admissions ---
export const consumerReference = v.object({ consumerId: id("consumer") });
export const entryDeny = v.object({
  consumerId: id("consumer"),
  reason: text(1, limits.reasonCharactersMax),
  block: v.optional(v.boolean()),
});
export const entryComplete = v.object({
  consumerId: id("consumer"),
  orderId: v.optional(text(1, limits.orderIdCharactersMax)),
});
export const admissionValidate = v.object({
  token: v.pipe(v.string(), v.minLength(1), v.maxLength(4_096)),
  fingerprint: v.optional(v.string()),
});

export const entry = v.object({
  entryId: v.string(),
  queueId: v.string(),
  consumerId: v.string(),
  status: v.picklist(entryStatuses),
  ticket: v.number(),
  /** Null until the order is drawn, as the position is. */
  rank: v.nullable(v.number()),
  position: v.nullable(v.number()),
  ahead: v.nullable(v.number()),
  estimatedWaitSeconds: v.nullable(v.number()),
  enteredAt: v.string(),
  lineToken: v.string(),
  /** For the fan, at joining and reading without X-Line-Token; else null. */
  receipt: v.nullable(lineReceipt),
  admission: v.optional(entryAdmission),
  /** Where the line was ended for everybody who waited, this entry among them: why. */
  endedReason: v.optional(v.picklist(["SOLD_OUT", "ENDED_BY_OPERATOR"])),
});
export const admission = v.object({
  id: v.string(),
  queueId: v.string(),
  entryId: v.string(),
  consumerId: v.string(),
  status: v.picklist(["ADMITTED"]),
  admittedAt: v.string(),
  expiresAt: v.string(),
});
export const validation = v.object({ valid: v.literal(true), admission });
const drawAdmission = v.object({
  id: v.string(),
  drawId: v.string(),
  entryId: v.string(),
  consumerId: v.string(),
  status: v.literal("WON"),
  admittedAt: v.string(),
  expiresAt: v.string(),
});
export const drawValidation = v.object({ valid: v.literal(true), admission: drawAdmission });

/** The public board of a line. Bit `r mod 4096` of segment `floor(r / 4096)`, least significant bit of each byte first, is set where rank `r` above `nowServing` does not wait any more. */
export const board = v.object({
  queueId: v.string(),
  status: v.picklist(queueStatuses),
  version: v.number(),
  nowServing: v.number(),
  lastTicket: v.number(),
  waiting: v.number(),
  admitRate: v.number(),
  segment: v.number(),
  departed: v.array(v.number()),
  /** Once the order of those is drawn who came before the opening: their ranks follow from how many they were and the seed. */
  shuffle: v.optional(v.object({ count: v.number(), seed: v.string() })),
  reason: v.optional(
    v.picklist(["PAUSED_BY_OPERATOR", "ENDED_BY_OPERATOR", "SOLD_OUT", "CLOSED", "ALL_ADMITTED"]),
  ),
  /** Where admissions hold stock that is limited, counted in admissions. */
  stock: v.optional(
    v.object({
      total: v.number(),
      /** Not sold yet, those included that are held. */
      left: v.number(),
      /** Held by nobody: so many can be admitted at once. */
      free: v.number(),
      /** All that is left is held by others, who may still not buy it. */
      allHeld: v.boolean(),
      soldOut: v.boolean(),
      /** How many of 100 admissions of this line ended without buying; null until 20 have ended. */
      returnedPercent: v.nullable(v.number()),
    }),
  ),
  asOf: v.string(),
});

// --- sessions ---
export const refreshRequest = v.object({
  refreshToken: v.pipe(v.string(), v.minLength(1), v.maxLength(1_024)),
});
export const sessionTokens = v.object({
  session: v.object({
    type: v.picklist(["guest", "authenticated"]),
    consumerId: v.string(),
    expiresAt: v.string(),
  }),
  tokenType: v.picklist(["Bearer", "DPoP"]),
  accessToken: v.string(),
  refreshToken: v.string(),
  expiresIn: v.number(),
  refreshExpiresIn: v.number(),
});

// --- API keys ---
export const keyKinds = ["publishable", "secret"] as const;
export type KeyKind = (typeof keyKinds)[number];
export const keyModes = ["test", "live"] as const;
export const keyStatuses = ["ACTIVE", "EXPIRED", "REVOKED"] as const;
export type KeyStatus = (typeof keyStatuses)[number];

export const apiKeyCreate = v.object({
  id: v.optional(id("apiKey")),
  name,
  kind: v.picklist(keyKinds),
  mode: clearable(v.picklist(keyModes)),
  scopes: clearable(
    v.pipe(v.array(v.picklist(scopeNames)), v.minLength(1), v.maxLength(limits.scopesPerKeyMax)),
  ),
  expiresAt: clearable(dateTime),
});
export const apiKeyPatch = v.object({ name: neededInPatch(name) });
export const apiKeyRotate = v.object({ overlapSeconds: integer(0, limits.keyOverlapSecondsMax) });
/** `evenIfLast`: also where no other secret key of the mode could go on, or make keys. */
export const apiKeyRevoke = v.object({ evenIfLast: v.optional(v.boolean()) });
export const apiKey = v.object({
  id: v.string(),
  name: v.string(),
  kind: v.picklist(keyKinds),
  mode: v.picklist(keyModes),
  /** Empty for a publishable key: it can do what any visitor may. */
  scopes: v.array(v.picklist(scopeNames)),
  status: v.picklist(keyStatuses),
  /** Its beginning and its last four characters; null for keys of before hints until they are used. */
  hint: v.nullable(v.string()),
  expiresAt: v.nullable(v.string()),
  /** Late by half a minute at most. */
  lastUsedAt: v.nullable(v.string()),
  revokedAt: v.nullable(v.string()),
  /** Secrets of before a rotation that are still good. */
  previous: v.array(
    v.object({ hint: v.nullable(v.string()), lastUsedAt: v.nullable(v.string()), endsAt: v.string() }),
  ),
  ...stamps,
});
/** With the key itself, which is shown once. */
export const apiKeyShown = v.object({ ...apiKey.entries, key: v.string() });

// --- the organization ---
export const organizationPatch = v.object({
  name: neededInPatch(name),
  allowedOrigins: clearable(v.pipe(v.array(webOrigin), v.maxLength(limits.allowedOriginsMax))),
});
/** A rate class as it holds for the organization. Only whoever runs the server can change it. */
const rateLimit = v.object({
  limit: v.number(),
  windowSeconds: v.number(),
  countedPer: v.picklist(["address", "consumer", "caller", "organization"]),
  setFor: v.picklist(["everyone", "server", "organization"]),
});
/** What the organization may have and what it has, in the mode that asks. Null: as many as it likes. */
export const organizationQuotas = v.object({
  openQueues: v.object({ limit: v.nullable(v.number()), used: v.number() }),
  people: v.object({ limit: v.nullable(v.number()), used: v.number() }),
  /** Of both modes, within 24 hours from the first that was counted; counted only where there is a limit. */
  deliveries: v.object({
    limit: v.nullable(v.number()),
    used: v.nullable(v.number()),
    resetsAt: v.nullable(v.string()),
  }),
});
export const organization = v.object({
  id: v.string(),
  name: v.string(),
  /** Null: test keys may be used from any origin, live keys from the server's own alone. */
  allowedOrigins: v.nullable(v.array(v.string())),
  rateLimits: v.object({
    authentication: rateLimit,
    guest: rateLimit,
    entry: rateLimit,
    general: rateLimit,
    webhook: rateLimit,
  }),
  quotas: organizationQuotas,
  ...stamps,
});

// --- requests ---
export const credentialKinds = [
  "none",
  "publishable_key",
  "consumer_token",
  "secret_key",
  "member_session",
] as const;
export type CredentialKind = (typeof credentialKinds)[number];

/** One request that was answered, as far as it is kept: no body, no query, no key, no address of the client. */
export const requestRecord = v.object({
  answeredAt: v.string(),
  tookMs: v.number(),
  /** The process that answered, as its log calls itself. */
  process: v.string(),
  asked: v.object({
    method: v.nullable(v.string()),
    path: v.nullable(v.string()),
    operation: v.nullable(v.string()),
    credential: v.picklist(credentialKinds),
    keyId: v.nullable(v.string()),
    keyName: v.nullable(v.string()),
    consumerId: v.nullable(v.string()),
    memberId: v.nullable(v.string()),
  }),
  answered: v.object({
    status: v.number(),
    error: v.nullable(v.string()),
    code: v.nullable(v.string()),
    message: v.nullable(v.string()),
    todo: v.nullable(v.string()),
    details: v.record(v.string(), v.unknown()),
    /** Without what was received. */
    issues: v.array(
      v.object({
        type: v.picklist(issueTypes),
        path: v.array(
          v.object({ type: v.picklist(["object", "array"]), key: v.union([v.string(), v.number()]) }),
        ),
      }),
    ),
    retryable: v.boolean(),
    docs: v.nullable(v.string()),
    /** The first answer under the same Idempotency-Key was sent again. */
    isReplay: v.boolean(),
  }),
  /** How the call was counted; null where it was not. */
  rateLimit: v.nullable(
    v.object({
      class: v.string(),
      limit: v.number(),
      windowSeconds: v.number(),
      countedPer: v.string(),
      remaining: v.number(),
      resetAt: v.string(),
    }),
  ),
});
/** All kept requests under one id, newest first: a caller's own id can stand for several. */
export const requestRecords = v.object({
  requestId: v.string(),
  requests: v.array(requestRecord),
  /** There are more than are shown. */
  hasMore: v.boolean(),
});

// --- audit log ---
export const auditActorTypes = ["key", "member", "host", "system"] as const;
/** Who made a change: a secret key, a member, whoever runs the server by its command, or the server by itself. */
export const auditActor = v.object({
  type: v.picklist(auditActorTypes),
  id: v.nullable(v.string()),
  name: v.nullable(v.string()),
});
const settings = v.nullable(v.record(v.string(), v.unknown()));
/** One change. `hash` is SHA-256 over all the others but `network` and `networkSalt`, in the encoding of RFC 8785. */
export const auditRecord = v.object({
  format: v.literal(1),
  /** Null: about the whole server. */
  organizationId: v.nullable(v.string()),
  mode: v.nullable(v.picklist(["test", "live"])),
  /** The place in the chain, without gaps. */
  number: v.number(),
  id: v.string(),
  recordedAt: v.string(),
  action: v.picklist(auditActions),
  actor: auditActor,
  target: v.nullable(v.object({ type: v.string(), id: v.string() })),
  /** Ids of what the change is about besides. */
  related: v.array(v.string()),
  /** The names of the settings that are other than before. */
  changed: v.array(v.string()),
  before: settings,
  after: settings,
  requestId: v.nullable(v.string()),
  /** SHA-256 over the salt's bytes and the address; null where no request made the change. */
  networkDigest: v.nullable(v.string()),
  previousHash: v.string(),
  hash: v.string(),
  /** The client's address, IPv6 as its /64; null again after its time. */
  network: v.nullable(v.string()),
  networkSalt: v.nullable(v.string()),
});

// --- members ---
const role = v.picklist(roles);
/** Of an authenticator, or a recovery code. */
const secondFactor = text(1, 40);
export const signIn = v.object({ email, password: presentPassword, code: v.optional(secondFactor) });
export const passwordProof = v.object({ password: presentPassword });
export const secondFactorCode = v.object({ code: secondFactor });
export const secondFactorSecret = v.object({ secret: v.string(), uri: v.string() });
export const recoveryCodes = v.object({ recoveryCodes: v.array(v.string()) });
const mailedToken = v.pipe(v.string(), v.minLength(1), v.maxLength(1_024));
export const passwordResetRequest = v.object({ email });
export const passwordReset = v.object({ token: mailedToken, password: newPassword });
export const invitationStatuses = ["PENDING", "ACCEPTED", "REVOKED", "EXPIRED"] as const;
export const invitationCreate = v.object({ email, role });
export const invitationAccept = v.object({
  token: mailedToken,
  password: newPassword,
  name: v.optional(name),
  code: v.optional(secondFactor),
});
export const invitation = v.object({
  id: v.string(),
  email: v.string(),
  role,
  status: v.picklist(invitationStatuses),
  /** Null: a secret key, or the operator of the host. */
  invitedBy: v.nullable(v.string()),
  createdAt: v.string(),
  expiresAt: v.string(),
});
export const memberPatch = v.object({ role: neededInPatch(role) });
export const member = v.object({
  id: v.string(),
  email: v.string(),
  name: v.string(),
  role,
  hasSecondFactor: v.boolean(),
  ...stamps,
});
export const passwordChange = v.object({ currentPassword: presentPassword, newPassword });
/** Who is signed in. `role` and `id` are those in `organization`. */
export const ownMember = v.object({
  id: v.string(),
  email: v.string(),
  name: v.string(),
  role,
  organization: v.object({ id: v.string(), name: v.string() }),
  organizations: v.array(v.object({ id: v.string(), name: v.string(), role })),
  hasSecondFactor: v.boolean(),
  session: v.object({ id: v.string(), createdAt: v.string(), expiresAt: v.string() }),
});
export const memberSession = v.object({
  id: v.string(),
  isCurrent: v.boolean(),
  /** What the browser calls itself. */
  device: v.string(),
  createdAt: v.string(),
  lastSeenAt: v.string(),
  expiresAt: v.string(),
});
export const memberSessions = v.object({ data: v.array(memberSession) });

// --- one-time codes ---
const oneTimeCode = v.pipe(
  v.string(),
  rule<string>("pattern", `${limits.oneTimeCodeDigits} digits`, (value) =>
    new RegExp(`^\\d{${limits.oneTimeCodeDigits}}$`).test(value),
  ),
);
export const codeRequest = v.object({ email });
export const codeRequested = v.object({ ok: v.literal(true) });
export const codeVerify = v.object({ email, code: oneTimeCode });

// --- outside accounts ---
/** Of what the shop's identity provider says of a person, what is read; the rest may come along and is not kept. */
const claims = v.looseObject({
  email: clearable(email),
  email_verified: clearable(v.boolean()),
  name: clearable(name),
});
export const accountAuthorize = v.object({
  provider: text(1, limits.providerCharactersMax),
  issuer: text(1, limits.issuerCharactersMax),
  subject: text(1, limits.subjectCharactersMax),
  claims: clearable(claims),
});
export const accountAuthorized = v.object({
  exchangeCode: v.string(),
  expiresAt: v.string(),
  resolution: v.picklist(["created", "existing", "linked"]),
});
export const accountExchange = v.object({
  exchangeCode: v.pipe(v.string(), v.minLength(1), v.maxLength(100)),
});

// --- another device ---
export const carryCode = v.object({ carryCode: v.string(), expiresAt: v.string() });
export const carryExchange = v.object({
  carryCode: v.pipe(v.string(), v.minLength(1), v.maxLength(100)),
});

// --- personal data ---
const exportedAdmission = v.object({
  id: v.string(),
  status: v.picklist(entryStatuses),
  admittedAt: v.string(),
  expiresAt: v.string(),
  completedAt: v.nullable(v.string()),
  orderId: v.nullable(v.string()),
});
const exportedEntry = v.object({
  entryId: v.string(),
  queueId: v.string(),
  queueName: v.string(),
  status: v.picklist(entryStatuses),
  ticket: v.number(),
  enteredAt: v.string(),
  endedAt: v.nullable(v.string()),
  reason: v.nullable(v.string()),
  isBlocked: v.boolean(),
  /** What is kept of the device's fingerprint: a hash. */
  deviceHash: v.nullable(v.string()),
  /** In hex: with it and the consumer's id the subject, which is public, shows whose it is. Null for entries without a receipt. */
  salt: v.nullable(v.string()),
  subject: v.nullable(v.string()),
  requestId: v.string(),
  /** The mail about the turn, where one was asked for and is not forgotten. */
  turnMail: v.nullable(
    v.object({ language: v.string(), requestedAt: v.string(), sentAt: v.nullable(v.string()) }),
  ),
  admission: v.nullable(exportedAdmission),
});
const exportedDrawEntry = v.object({
  entryId: v.string(),
  drawId: v.string(),
  drawName: v.string(),
  status: v.picklist(drawEntryStatuses),
  number: v.number(),
  level: v.picklist(entryLevels),
  enteredAt: v.string(),
  endedAt: v.nullable(v.string()),
  reason: v.nullable(v.picklist(removalReasons)),
  deviceHash: v.nullable(v.string()),
  /** In hex: with it and the consumer's id the subject, which is public, shows whose it is. */
  salt: v.nullable(v.string()),
  subject: v.string(),
  requestId: v.string(),
  /** Where it won. */
  admission: v.nullable(exportedAdmission),
});
const exportedOrder = v.pick(order, [
  "id",
  "status",
  "externalId",
  "items",
  "total",
  "currency",
  "reason",
  "metadata",
  "createdAt",
  "paidAt",
  "cancelledAt",
]);
/** Everything that is kept of one person. */
export const consumerExport = v.object({
  exportedAt: v.string(),
  consumer: v.object({
    ...consumer.entries,
    deletedAt: v.nullable(v.string()),
    erasedAt: v.nullable(v.string()),
  }),
  accounts: v.array(
    v.object({ provider: v.string(), issuer: v.string(), subject: v.string(), createdAt: v.string() }),
  ),
  sessions: v.array(
    v.object({ renewedAt: v.string(), expiresAt: v.string(), endedAt: v.nullable(v.string()) }),
  ),
  entries: v.array(exportedEntry),
  drawEntries: v.array(exportedDrawEntry),
  orders: v.array(exportedOrder),
  requestRecords: v.array(requestRecord),
  /** True: there is more than an answer can hold; the newest are here. */
  isCutShort: v.boolean(),
});
export const consumerErased = v.object({
  consumerId: v.string(),
  erasedAt: v.string(),
  /** How many entries stay, as numbers that name nobody. */
  entriesKept: v.number(),
});

/** A page of a list. */
export function listOf<T extends v.GenericSchema>(item: T) {
  return v.object({
    data: v.array(item),
    pageInfo: v.object({ endCursor: v.nullable(v.string()), hasNextPage: v.boolean() }),
  });
}

// --- fairness ---
/** An entry of the log. Canonical JSON (RFC 8785) of `entry` is the data of its leaf. */
export const fairnessLogEntry = v.object({
  index: v.number(),
  entry: v.object({
    at: v.string(),
    data: v.record(v.string(), v.unknown()),
    distributionId: v.string(),
    kind: v.string(),
  }),
});
const hashes = v.array(v.string());
/** A part of the log, and of the tree over it (RFC 6962, SHA-256): hashes in lower-case hex, paths from the leaf up. */
export const fairnessLog = v.object({
  organizationId: v.string(),
  mode: v.picklist(keyModes),
  /** How many entries there are, or were at the older size that was asked for. */
  size: v.number(),
  root: v.string(),
  /** Compact JWS over at, mode, organizationId, root and size. */
  head: v.string(),
  ...listOf(fairnessLogEntry).entries,
  inclusion: v.optional(v.object({ index: v.number(), size: v.number(), path: hashes })),
  consistency: v.optional(v.object({ from: v.number(), to: v.number(), path: hashes })),
});

// --- service ---
export const health = v.object({ status: v.string() });
export const jwks = v.object({ keys: v.array(v.record(v.string(), v.unknown())) });

export type FairnessLog = v.InferOutput<typeof fairnessLog>;
export type Consumer = v.InferOutput<typeof consumer>;
export type ConsumerBatched = v.InferOutput<typeof consumerBatched>;
export type ConsumerExport = v.InferOutput<typeof consumerExport>;
export type ActiveEntry = v.InferOutput<typeof activeEntry>;
export type Product = v.InferOutput<typeof product>;
export type ProductsImported = v.InferOutput<typeof productsImported>;
export type VariantInput = v.InferOutput<typeof variantInput>;
export type Experience = v.InferOutput<typeof experience>;
export type ListedExperience = v.InferOutput<typeof listedExperience>;
export type Offer = v.InferOutput<typeof offer>;
export type PublicExperience = v.InferOutput<typeof publicExperience>;
export type Sequence = v.InferOutput<typeof sequence>;
export type Queue = v.InferOutput<typeof queue>;
export type PublicQueue = v.InferOutput<typeof publicQueue>;
export type Entry = v.InferOutput<typeof entry>;
export type EntryAdmission = v.InferOutput<typeof entryAdmission>;
export type Admission = v.InferOutput<typeof admission>;
export type Board = v.InferOutput<typeof board>;
export type AuditActor = v.InferOutput<typeof auditActor>;
export type AuditRecord = v.InferOutput<typeof auditRecord>;
export type ApiKey = v.InferOutput<typeof apiKey>;
export type OrganizationQuotas = v.InferOutput<typeof organizationQuotas>;
export type Organization = v.InferOutput<typeof organization>;
export type RequestRecord = v.InferOutput<typeof requestRecord>;
export type RequestRecords = v.InferOutput<typeof requestRecords>;
export type SessionTokens = v.InferOutput<typeof sessionTokens>;
export type Invitation = v.InferOutput<typeof invitation>;
export type Member = v.InferOutput<typeof member>;
export type OwnMember = v.InferOutput<typeof ownMember>;
export type MemberSession = v.InferOutput<typeof memberSession>;
