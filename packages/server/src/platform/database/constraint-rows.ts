import type { FieldPath, IdKind, IssueType } from "@stanchion/contract";

/** What a violated constraint comes back as. */
export type ConstraintRow =
  | { readonly kind: "unique"; readonly field: string | FieldPath }
  /** A primary key that the caller may give: `id` is the kind of it, or null where the key itself names it. */
  | { readonly kind: "exists"; readonly id: IdKind | null }
  /** On writing the field names nothing; on deleting `usedBy` still needs it. */
  | {
      readonly kind: "reference";
      readonly field: string | FieldPath;
      readonly expected: string;
      readonly usedBy: string;
    }
  | {
      readonly kind: "rule";
      readonly field: string | FieldPath;
      readonly type: IssueType;
      readonly expected: string;
    }
  | { readonly kind: "alreadyInQueue" | "alreadyInDraw" }
  /** No request can reach it: violated, it is a bug of ours. */
  | { readonly kind: "ours"; readonly why: string };

const ours = (why: string): ConstraintRow => ({ kind: "ours", why });
const ownOrganization = ours("the credential's own organization, and none is ever deleted");
const madeId = ours("the server makes the id");
const randomToken = ours("256 random bits");
const keptAccount = ours("written for an account that was just read, and none is ever deleted");
const loggedOnce = ours("given under the lock of the log");
const onConflict = ours("inserted with on conflict");

/**
 * Every constraint and unique index of the schema, by its name. They are the last line of defence: the verbs check first,
 * and only a race reaches them.
 */
export const constraintRows: Readonly<Record<string, ConstraintRow>> = {
  admissions_pkey: ours("the database makes the id"),
  admissions_entry_id_key: ours("made under the lock of the entry, which is ADMITTED from then on"),
  api_processes_pkey: onConflict,
  api_keys_kind_check: ours("kinds are the server's own words"),
  api_keys_name_key: { kind: "unique", field: "name" },
  api_keys_organization_id_fkey: ours("organizations are never deleted"),
  api_keys_pkey: { kind: "exists", id: "apiKey" },
  api_key_secrets_api_key_id_fkey: ours("written together with its key, which is never deleted"),
  api_key_secrets_key_hash_key: ours("178 random bits"),
  api_key_secrets_pkey: madeId,
  api_key_secrets_present_key: ours("given under the lock of its key, after the present one was ended"),
  audit_chains_owner_key: onConflict,
  audit_chains_pkey: ours("the database makes the id"),
  audit_records_pkey: ours("numbers are given under the lock of the chain"),
  consumers_email_check: { kind: "rule", field: "email", type: "pattern", expected: "in lower case" },
  consumers_email_key: { kind: "unique", field: "email" },
  consumers_pkey: { kind: "exists", id: "consumer" },
  draw_awards_outcome_check: ours("outcomes are a union of the code"),
  draw_awards_pkey: ours("numbered under the lock of the draw's outcome"),
  draw_entries_live_key: { kind: "alreadyInDraw" },
  draw_entries_number_key: ours("numbers are given under the lock of the draw's list"),
  draw_entries_pkey: ours("sent again with the same id, an entry is found before it is inserted"),
  draw_groups_pkey: ours("numbers are given under the lock of the draw's list"),
  draw_lists_pkey: ours("made once, with its draw"),
  draw_outcomes_pkey: ours("made once, with its draw"),
  draws_experience_id_fkey: { kind: "reference", field: "sequenceId", expected: "sequence", usedBy: "draws" },
  draws_organization_id_fkey: ownOrganization,
  draws_pkey: { kind: "exists", id: "draw" },
  draws_sequence_id_fkey: { kind: "reference", field: "sequenceId", expected: "sequence", usedBy: "draws" },
  draws_winner_count_check: { kind: "rule", field: "winnerCount", type: "min_value", expected: "1" },
  line_groups_pkey: ours("tickets are given under the lock of the line"),
  line_openings_pkey: ours("made once, with its queue"),
  proof_parts_kind_check: ours("kinds are a union of the code"),
  proof_parts_pkey: ours("a part that stands already is left as it is"),
  entries_live_key: { kind: "alreadyInQueue" },
  entries_pkey: ours("sent again with the same id, an entry is found before it is inserted"),
  entries_queue_ticket_key: ours("tickets are given under the lock of the line"),
  exchange_codes_pkey: ours("256 random bits"),
  external_accounts_pkey: onConflict,
  experiences_name_key: { kind: "unique", field: "name" },
  experiences_organization_id_fkey: ownOrganization,
  experiences_pkey: { kind: "exists", id: "experience" },
  experiences_slug_key: { kind: "unique", field: "slug" },
  fairness_log_entries_pkey: loggedOnce,
  fairness_log_nodes_pkey: loggedOnce,
  fairness_logs_pkey: onConflict,
  idempotency_keys_pkey: onConflict,
  line_controls_pkey: ours("made once, with its queue"),
  lines_pkey: ours("made once, with its queue"),
  maintenance_is_only_check: ours("the one value is its default"),
  maintenance_pkey: onConflict,
  member_accounts_email_check: ours("addresses are brought to lower case before they come here"),
  member_accounts_email_key: onConflict,
  member_accounts_pkey: madeId,
  member_invitations_email_check: ours("addresses are brought to lower case before they come here"),
  member_invitations_email_key: { kind: "unique", field: "email" },
  member_invitations_invited_by_fkey: ours("members are only marked as deleted"),
  member_invitations_organization_id_fkey: ownOrganization,
  member_invitations_pkey: madeId,
  member_invitations_role_check: ours("roles are the contract's own words"),
  member_invitations_token_key: randomToken,
  member_password_resets_account_id_fkey: keptAccount,
  member_password_resets_pkey: randomToken,
  member_recovery_codes_account_id_fkey: keptAccount,
  member_recovery_codes_pkey: ours("50 random bits each"),
  member_sessions_account_id_fkey: keptAccount,
  member_sessions_pkey: madeId,
  member_sessions_token_key: randomToken,
  member_sign_in_tries_pkey: onConflict,
  members_account_id_fkey: keptAccount,
  members_account_key: onConflict,
  members_organization_id_fkey: ownOrganization,
  members_pkey: madeId,
  members_role_check: ours("roles are the contract's own words"),
  one_time_codes_pkey: onConflict,
  organizations_pkey: madeId,
  organization_quotas_organization_id_fkey: ownOrganization,
  organization_quotas_pkey: onConflict,
  owners_organization_id_fkey: ownOrganization,
  owners_pkey: { kind: "exists", id: null },
  products_currency_check: {
    kind: "rule",
    field: "currency",
    type: "format",
    expected: "ISO 4217 currency",
  },
  products_organization_id_fkey: ownOrganization,
  products_pkey: { kind: "exists", id: "product" },
  products_price_check: { kind: "rule", field: "price", type: "pattern", expected: "a decimal" },
  products_status_check: { kind: "rule", field: "status", type: "enum", expected: "ACTIVE | ARCHIVED" },
  queues_admit_rate_check: { kind: "rule", field: "admitRate", type: "max_value", expected: "1000000" },
  queues_experience_id_fkey: {
    kind: "reference",
    field: "sequenceId",
    expected: "sequence",
    usedBy: "queues",
  },
  queues_organization_id_fkey: ownOrganization,
  queues_pkey: { kind: "exists", id: "queue" },
  queues_sequence_id_fkey: { kind: "reference", field: "sequenceId", expected: "sequence", usedBy: "queues" },
  request_rings_owner_key: onConflict,
  request_rings_pkey: ours("the database makes the id"),
  requests_pkey: onConflict,
  sequences_experience_id_fkey: {
    kind: "reference",
    field: "experienceId",
    expected: "experience",
    usedBy: "sequences",
  },
  sequences_name_key: { kind: "unique", field: "name" },
  sequences_organization_id_fkey: ownOrganization,
  sequences_pkey: { kind: "exists", id: "sequence" },
  sessions_pkey: onConflict,
  signing_keys_pkey: madeId,
  signing_keys_purpose_check: ours("purposes are the server's own words"),
  skus_organization_id_fkey: ownOrganization,
  // Products and variants take their SKUs with on conflict, since only they know which field it stands in.
  skus_pkey: { kind: "unique", field: "sku" },
  skus_product_id_fkey: ours("written together with its product, whose row is only marked as deleted"),
  event_subscriptions_organization_id_fkey: ownOrganization,
  event_subscriptions_pkey: onConflict,
  event_watches_pkey: onConflict,
  events_pkey: ours("the database makes the number"),
  webhook_deliveries_id_key: madeId,
  webhook_deliveries_pkey: ours("the database makes the number"),
  webhook_deliveries_status_check: ours("statuses are a union of the code"),
  webhook_endpoints_organization_id_fkey: ownOrganization,
  webhook_endpoints_pkey: { kind: "exists", id: "webhookEndpoint" },
  webhook_leases_pkey: onConflict,
  webhook_sequences_pkey: onConflict,
  variants_organization_id_fkey: ownOrganization,
  variants_pkey: { kind: "exists", id: "variant" },
  variants_price_check: { kind: "rule", field: "variants", type: "pattern", expected: "a decimal" },
  variants_product_id_fkey: ours("written together with its product, whose row is only marked as deleted"),
};

/** Columns that are not null in every table that has them, and that no caller writes. */
export const columnsOfOurs: readonly string[] = [
  "id",
  "organization_id",
  "is_live",
  "version",
  "created_at",
  "updated_at",
];

/**
 * The columns that are not null, by table: the field that a caller writes them by, or null where none does. "ours": no caller's
 * value goes into the table as it came.
 */
export const neededColumns: Readonly<Record<string, "ours" | Readonly<Record<string, string | null>>>> = {
  admissions: "ours",
  api_processes: "ours",
  api_keys: { name: "name", kind: "kind", scopes: "scopes" },
  api_key_secrets: "ours",
  audit_chains: "ours",
  audit_records: "ours",
  consumers: { metadata: "metadata", is_email_linkable: null, awaits_person: null },
  entries: "ours",
  exchange_codes: "ours",
  experiences: { name: "name", time_zone: "timeZone", is_implied: null },
  // The subject and its like are needed by the operation's schema.
  external_accounts: "ours",
  fairness_log_entries: "ours",
  fairness_log_nodes: "ours",
  fairness_logs: "ours",
  idempotency_keys: "ours",
  line_controls: "ours",
  lines: "ours",
  maintenance: "ours",
  member_accounts: "ours",
  member_invitations: "ours",
  member_password_resets: "ours",
  member_recovery_codes: "ours",
  member_sessions: "ours",
  member_sign_in_tries: "ours",
  members: "ours",
  one_time_codes: "ours",
  proof_parts: "ours",
  line_groups: "ours",
  line_openings: "ours",
  organizations: { name: "name" },
  organization_quotas: "ours",
  owners: "ours",
  products: { name: "name", sku: "sku", status: "status" },
  draw_awards: "ours",
  draw_entries: "ours",
  draw_groups: "ours",
  draw_lists: "ours",
  draw_outcomes: "ours",
  draws: {
    experience_id: "sequenceId",
    sequence_id: "sequenceId",
    name: "name",
    close_at: "closeAt",
    draw_at: "drawAt",
    winner_count: "winnerCount",
    admission_expiration_seconds: "admissionExpirationSeconds",
    completion_grace_seconds: "completionGraceSeconds",
    backfill: "backfill",
    entry_level: "entryLevel",
    require_fingerprint: "requireFingerprint",
    beacon: "beacon",
    sealed_seed: null,
    commitment: null,
    rules: null,
    rules_hash: null,
  },
  queues: {
    experience_id: "sequenceId",
    sequence_id: "sequenceId",
    name: "name",
    admit_rate: "admitRate",
    time_zone: "timeZone",
    is_paused: null,
    admission_expiration_seconds: "admissionExpirationSeconds",
    completion_grace_seconds: "completionGraceSeconds",
    shuffle_before_open: "shuffleBeforeOpen",
    entry_level: "entryLevel",
    require_fingerprint: "requireFingerprint",
  },
  request_rings: "ours",
  requests: "ours",
  sequences: { experience_id: "experienceId", name: "name", priority: "priority", is_implied: null },
  sessions: "ours",
  signing_keys: "ours",
  skus: "ours",
  event_subscriptions: "ours",
  event_watches: "ours",
  events: "ours",
  webhook_deliveries: "ours",
  webhook_endpoints: { url: "url", events: "events", max_per_minute: "maxPerMinute", secret: null },
  webhook_leases: "ours",
  webhook_sequences: "ours",
  variants: { product_id: null, ordinal: null, name: "variants", sku: "variants" },
};

/** The field of a column that must not be null; null where no caller writes it, undefined where nobody has thought of it. */
export function neededField(table: string, column: string): string | null | undefined {
  const columns = neededColumns[table];
  if (columns === undefined) return undefined;
  if (columns === "ours" || columnsOfOurs.includes(column)) return null;
  return columns[column];
}
