import type {
  Beacon,
  EntryLevel,
  EventType,
  OrderItem,
  OrderStatus,
  RefundReason,
  Role,
  Scope,
  Theme,
  WebhookAttempt,
  WebhookDelivery,
  WebhookEndpoint,
} from "@stanchion/contract";
import type { ColumnType, Generated, GeneratedAlways } from "kysely";

type Json<T> = ColumnType<T, string | null, string | null>;
type Timestamp = ColumnType<Date, Date | string, Date | string>;

export interface Tables {
  organizations: OrganizationsTable;
  organizationQuotas: OrganizationQuotasTable;
  apiKeys: ApiKeysTable;
  apiKeySecrets: ApiKeySecretsTable;
  owners: OwnersTable;
  consumers: ConsumersTable;
  externalAccounts: ExternalAccountsTable;
  exchangeCodes: ExchangeCodesTable;
  carryCodes: CarryCodesTable;
  turnMails: TurnMailsTable;
  products: ProductsTable;
  variants: VariantsTable;
  stockLevels: StockLevelsTable;
  skus: SkusTable;
  experienceProducts: ExperienceProductsTable;
  experiences: ExperiencesTable;
  sequences: SequencesTable;
  queues: QueuesTable;
  draws: DrawsTable;
  sessions: SessionsTable;
  signingKeys: SigningKeysTable;
  idempotencyKeys: IdempotencyKeysTable;
  apiProcesses: ApiProcessesTable;
  maintenance: MaintenanceTable;
  fairnessLogs: FairnessLogsTable;
  fairnessLogEntries: FairnessLogEntriesTable;
  fairnessLogNodes: FairnessLogNodesTable;
  auditChains: AuditChainsTable;
  auditRecords: AuditRecordsTable;
  memberAccounts: MemberAccountsTable;
  members: MembersTable;
  memberSessions: MemberSessionsTable;
  memberInvitations: MemberInvitationsTable;
  webhookEndpoints: WebhookEndpointsTable;
  webhookDeliveries: WebhookDeliveriesTable;
  eventSubscriptions: EventSubscriptionsTable;
  orders: OrdersTable;
  hooks: HooksTable;
  hookEvents: HookEventsTable;
}

interface OrganizationsTable {
  id: string;
  name: string;
  rateLimits: Json<unknown>;
  allowedOrigins: Json<readonly string[] | null>;
  version: Generated<number>;
  createdAt: Timestamp;
  updatedAt: Timestamp;
}

interface OrganizationQuotasTable {
  organizationId: string;
  openQueues: number | null;
  people: number | null;
  deliveries: number | null;
  deliveriesUsed: Generated<number>;
  deliveriesWindowEndsAt: Timestamp | null;
}

interface ApiKeysTable {
  id: string;
  organizationId: string;
  isLive: boolean;
  kind: "publishable" | "secret";
  name: string;
  scopes: readonly Scope[];
  expiresAt: Timestamp | null;
  revokedAt: Timestamp | null;
  version: Generated<number>;
  createdAt: Timestamp;
  updatedAt: Timestamp;
}

interface ApiKeySecretsTable {
  id: string;
  apiKeyId: string;
  keyHash: Buffer;
  hint: string | null;
  createdAt: Timestamp;
  /** Null: the present one. */
  endsAt: Timestamp | null;
  lastUsedAt: Timestamp | null;
}

interface OwnersTable {
  id: string;
  kind: string;
  organizationId: string;
  isLive: boolean;
  deletedAt: Timestamp | null;
}

interface ConsumersTable {
  id: string;
  organizationId: string;
  isLive: boolean;
  /** In lower case. */
  email: string | null;
  name: string | null;
  metadata: ColumnType<Readonly<Record<string, string>>, string | undefined, string>;
  version: Generated<number>;
  createdAt: Timestamp;
  updatedAt: Timestamp | null;
  deletedAt: Timestamp | null;
  isEmailLinkable: Generated<boolean>;
  awaitsPerson: Generated<boolean>;
  erasedAt: Timestamp | null;
}

interface ExternalAccountsTable {
  organizationId: string;
  isLive: boolean;
  provider: string;
  issuer: string;
  subject: string;
  consumerId: string;
  createdAt: Timestamp;
}

interface ExchangeCodesTable {
  codeHash: Buffer;
  organizationId: string;
  isLive: boolean;
  consumerId: string;
  expiresAt: Timestamp;
}

interface CarryCodesTable {
  organizationId: string;
  isLive: boolean;
  consumerId: string;
  codeHash: Buffer;
  familyId: string;
  isConfirmed: boolean;
  isExternal: boolean;
  ownEntries: string[];
  otherEntries: string[];
  expiresAt: Timestamp;
  spentAt: Timestamp | null;
  successorId: string | null;
  deviceKey: Buffer | null;
}

interface TurnMailsTable {
  entryId: string;
  organizationId: string;
  isLive: boolean;
  queueId: string;
  consumerId: string;
  language: string;
  status: Generated<"REQUESTED" | "DUE" | "SENT" | "FAILED">;
  requestedAt: Timestamp;
  dueAt: Timestamp | null;
  tries: Generated<number>;
  endedAt: Timestamp | null;
}

interface ResourceColumns {
  id: string;
  organizationId: string;
  isLive: boolean;
  version: Generated<number>;
  createdAt: Timestamp;
  updatedAt: Timestamp;
  deletedAt: Timestamp | null;
}

interface ProductsTable extends ResourceColumns {
  name: string;
  sku: string;
  price: string | null;
  currency: string | null;
  status: "ACTIVE" | "ARCHIVED";
}

interface VariantsTable {
  id: string;
  organizationId: string;
  isLive: boolean;
  productId: string;
  ordinal: number;
  name: string;
  sku: string;
  price: string | null;
  deletedAt: Timestamp | null;
}

interface StockLevelsTable {
  itemId: string;
  organizationId: string;
  isLive: boolean;
  stock: number | null;
  reserved: Generated<number>;
  sold: Generated<number>;
  version: Generated<number>;
}

interface SkusTable {
  organizationId: string;
  isLive: boolean;
  sku: string;
  productId: string;
}

interface ExperienceProductsTable {
  organizationId: string;
  isLive: boolean;
  experienceId: string;
  productId: string;
  ordinal: number;
}

interface ExperiencesTable extends ResourceColumns {
  name: string;
  slug: string | null;
  openAt: Timestamp | null;
  closeAt: Timestamp | null;
  timeZone: string;
  theme: Json<Theme | null>;
  isImplied: Generated<boolean>;
}

interface SequencesTable extends ResourceColumns {
  experienceId: string;
  name: string;
  priority: number;
  isImplied: Generated<boolean>;
}

interface QueuesTable extends ResourceColumns {
  experienceId: string;
  sequenceId: string;
  name: string;
  admitRate: number;
  openAt: Timestamp | null;
  closeAt: Timestamp | null;
  timeZone: string;
  waitlistUrl: string | null;
  isPaused: Generated<boolean>;
  capacity: number | null;
  maxConcurrentAdmissions: number | null;
  maxAdmissions: number | null;
  admissionExpirationSeconds: number;
  completionGraceSeconds: number;
  entryLevel: "guest" | "confirmed" | "external";
  requireFingerprint: boolean;
  checkoutUrl: string | null;
  pageUrl: string | null;
  whenSoldOut: Generated<"end" | "wait">;
  shuffleBeforeOpen: Generated<boolean>;
  joinFrom: Timestamp | null;
  beacon: Json<Beacon | null>;
  sealedSeed: Buffer | null;
  commitment: Buffer | null;
  rules: string | null;
  rulesHash: Buffer | null;
}

interface DrawsTable extends ResourceColumns {
  experienceId: string;
  sequenceId: string;
  name: string;
  openAt: Timestamp | null;
  closeAt: Timestamp;
  drawAt: Timestamp;
  winnerCount: number;
  capacity: number | null;
  admissionExpirationSeconds: number;
  completionGraceSeconds: number;
  /** A minute; null: all at once. */
  admitRate: number | null;
  backfill: boolean;
  entryLevel: EntryLevel;
  requireFingerprint: boolean;
  checkoutUrl: string | null;
  beacon: ColumnType<Beacon, string, string>;
  sealedSeed: Buffer;
  commitment: Buffer;
  /** Canonical JSON. */
  rules: string;
  rulesHash: Buffer;
  cancelledAt: Timestamp | null;
}

interface WebhookEndpointsTable extends ResourceColumns {
  url: string;
  events: EventType[];
  description: string | null;
  maxPerMinute: number;
  maxPerBatch: number;
  secret: Buffer;
  previousSecret: Buffer | null;
  previousSecretEndsAt: Timestamp | null;
  disabledAt: Timestamp | null;
  disabledReason: WebhookEndpoint["disabledReason"];
  failingSince: Timestamp | null;
}

interface WebhookDeliveriesTable {
  ordinal: GeneratedAlways<number>;
  id: string;
  organizationId: string;
  endpointId: string;
  eventId: string;
  type: WebhookDelivery["type"];
  lane: string;
  body: string;
  status: WebhookDelivery["status"];
  tries: Generated<number>;
  attempts: ColumnType<WebhookAttempt[], string | undefined, string>;
  dueAt: Timestamp;
  createdAt: Timestamp;
}

interface EventSubscriptionsTable {
  organizationId: string;
  isLive: boolean;
  types: EventType[];
}

interface OrdersTable {
  id: string;
  organizationId: string;
  isLive: boolean;
  status: OrderStatus;
  admissionId: string | null;
  distributionId: string | null;
  distributionKind: "queue" | "draw" | null;
  consumerId: string | null;
  externalId: string | null;
  /** Ids as on the wire. */
  items: ColumnType<OrderItem[], string, string>;
  total: string | null;
  currency: string | null;
  reason: string | null;
  refundReason: RefundReason | null;
  metadata: ColumnType<Readonly<Record<string, string>>, string, string>;
  heldUntil: Timestamp | null;
  paidAt: Timestamp | null;
  cancelledAt: Timestamp | null;
  version: Generated<number>;
  createdAt: Timestamp;
  updatedAt: Timestamp;
}

interface HooksTable extends ResourceColumns {
  source: "hmac" | "shopify" | "stripe";
  description: string | null;
  secret: Buffer;
  previousSecret: Buffer | null;
  previousSecretEndsAt: Timestamp | null;
}

interface HookEventsTable {
  hookId: string;
  eventId: string;
  organizationId: string;
  topic: string;
  result: string;
  orderId: string | null;
  receivedAt: Timestamp;
}

interface SessionsTable {
  familyId: string;
  organizationId: string;
  isLive: boolean;
  consumerId: string;
  generation: number;
  rotatedAt: Timestamp;
  expiresAt: Timestamp;
  revokedAt: Timestamp | null;
  isCarried: Generated<boolean>;
}

interface SigningKeysTable {
  keyId: string;
  purpose: "admission" | "fairness";
  publicKey: Json<unknown>;
  sealedPrivateKey: Buffer;
  createdAt: Timestamp;
  activeFrom: Timestamp;
  retiredAt: Timestamp | null;
}

interface IdempotencyKeysTable {
  scope: Buffer;
  organizationId: Generated<string | null>;
  requestHash: Buffer;
  requestId: string;
  status: number;
  headers: Json<unknown>;
  body: string | null;
  /** The body of an answer that holds a secret, instead of `body`. */
  sealedBody: Buffer | null;
  entryId: string | null;
  /** The consumers whose personal data the answer holds. */
  consumerIds: string[] | null;
  createdAt: Timestamp;
}

interface ApiProcessesTable {
  processId: string;
  sharesLimits: boolean;
  seenAt: Timestamp;
}

interface MaintenanceTable {
  isOnly: Generated<boolean>;
  since: Timestamp;
  retryAfterSeconds: number;
  message: string | null;
}

interface FairnessLogsTable {
  organizationId: string;
  isLive: boolean;
  size: Generated<number>;
  root: Generated<Buffer>;
  frontier: Generated<Buffer>;
}

interface FairnessLogEntriesTable {
  organizationId: string;
  isLive: boolean;
  index: number;
  distributionId: string;
  body: string;
}

interface FairnessLogNodesTable {
  organizationId: string;
  isLive: boolean;
  level: number;
  index: number;
  hash: Buffer;
}

interface AuditChainsTable {
  id: Generated<number>;
  organizationId: string | null;
  isLive: boolean | null;
  lastNumber: Generated<number>;
  lastHash: Generated<Buffer>;
  forgottenNumber: Generated<number>;
  forgottenHash: Generated<Buffer>;
}

interface AuditRecordsTable {
  chainId: number;
  number: number;
  recordId: string;
  recordedAt: Timestamp;
  action: string;
  actorType: string;
  actorId: string | null;
  actorName: string | null;
  targetId: string | null;
  related: string[];
  changed: string[];
  before: Json<unknown>;
  after: Json<unknown>;
  requestId: string | null;
  networkDigest: Buffer | null;
  previousHash: Buffer;
  hash: Buffer;
  network: string | null;
  networkSalt: Buffer | null;
}

interface MemberAccountsTable {
  id: string;
  /** In lower case. */
  email: string;
  name: string;
  passwordHash: string;
  sealedTotpSecret: Buffer | null;
  totpConfirmedAt: Timestamp | null;
  totpStep: number | null;
  createdAt: Timestamp;
}

interface MembersTable {
  id: string;
  organizationId: string;
  accountId: string;
  role: Role;
  version: Generated<number>;
  createdAt: Timestamp;
  updatedAt: Timestamp;
  deletedAt: Timestamp | null;
}

interface MemberSessionsTable {
  id: string;
  accountId: string;
  tokenHash: Buffer;
  device: string;
  createdAt: Timestamp;
  lastSeenAt: Timestamp;
  expiresAt: Timestamp;
  endedAt: Timestamp | null;
}

interface MemberInvitationsTable {
  id: string;
  organizationId: string;
  email: string;
  role: Role;
  tokenHash: Buffer;
  /** Null: a secret key, or the operator of the host. */
  invitedBy: string | null;
  createdAt: Timestamp;
  expiresAt: Timestamp;
  acceptedAt: Timestamp | null;
  revokedAt: Timestamp | null;
}
