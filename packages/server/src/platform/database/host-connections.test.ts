import { readdir, readFile } from "node:fs/promises";
import { join, sep } from "node:path";
import { expect, it } from "vitest";

/**
 * What reaches the database as the host, past row-level security, and what keeps organizations apart there instead. A file that
 * is not listed runs its statements within `inOrganization`.
 */
const asHost: Readonly<Record<string, string>> = {
  "orders/deliver-hook.ts":
    "finds out whose a hook is that a shop system calls; what it does it does as that organization",
  "platform/signing-keys/signing-keys.ts": "one set of keys for the whole server",
  "api.ts": "asks whether the database answers",
  "delivery/webhooks/endpoint-sender.ts":
    "the worker: sends what was made for an endpoint, whose lease it has, by the numbers of deliveries",
  "delivery/webhooks/event-stream.ts":
    "streams what was made for one listener, by the id that its organization was given",
  "delivery/webhooks/listeners.ts":
    "the worker: looks for listeners of all that are gone; what it takes away it takes as their organization",
  "delivery/webhooks/relay-events.ts": "the worker: hands on the events of all",
  "delivery/webhooks/webhook-worker.ts": "the worker: leases the endpoints of all",
  "distributions/draws/draw-entry-reader.ts":
    "hot path: gathers the reads of all; each names its draw, whose organization the view has checked, and its consumer",
  "distributions/draws/decide-draw.ts": "the worker: works out a frozen draw",
  "distributions/draws/draw-entry-routes.ts":
    "hot path: notes the device of the caller's own entry, by its id",
  "distributions/draws/draw-proof-routes.ts":
    "what anyone may read of a draw without a credential, by its id alone",
  "distributions/draws/draw-proof.ts": "the same",
  "distributions/draws/draw-routes.ts":
    "a fan's page reads its draw: what everybody may see, by a query that names the organization",
  "distributions/draws/draw-views.ts":
    "hot path: reads a draw for callers of all, and each view knows whose it is",
  "distributions/draws/draw-watch.ts": "what a draw's stream tells anybody, of draws of all",
  "distributions/draws/draw-worker.ts":
    "the worker: leases and times of the draws of all; what it writes of one it writes as its organization",
  "distributions/draws/draw-writer.ts":
    "hot path: one statement writes a group of one draw, whose organization the view has checked",
  "distributions/draws/freeze-draw.ts": "the worker: reads the list of one draw from end to end",
  "distributions/queues/cohort-tree.ts": "the worker: reads the cohort of one line from end to end",
  "distributions/queues/entry-reader.ts":
    "hot path: gathers the reads of all; each names its queue, whose organization the view has checked, and its consumer",
  "distributions/queues/line-controller.ts": "the worker: ticks the lines of all",
  "distributions/queues/line-proof-routes.ts":
    "what anyone may read of a line without a credential, by its id alone",
  "distributions/queues/line-routes.ts": "hot path: ends the caller's own entry, by its id",
  "distributions/queues/line-views.ts":
    "hot path: one query reads the lines of all, each view knows whose it is",
  "distributions/queues/line-writer.ts":
    "hot path: one statement writes a group of one queue, whose organization the view has checked",
  "distributions/queues/schedule-watch.ts":
    "the worker: looks for queues of all that have opened or closed; what it writes it writes as their organization",
  "distributions/queues/turn-mail-worker.ts":
    "the worker: takes the mails of all that are due; what it reads and writes of one it does as its organization",
  "distributions/queues/opening-worker.ts":
    "the worker: times of the openings of all; what it writes of one it writes as its organization",
  "distributions/queues/queue-routes.ts":
    "a fan's page reads its queue: what everybody may see, by a query that names the organization",
  "experiences/experience-routes.ts": "as its queue, so its experience",
  "experiences/themes.ts":
    "a fan's page shows the theme of its experience: what everybody may see, by a query that names the organization",
  "identity/consumer-routes.ts":
    "searches by indexes that policies rule out; the query names the organization",
  "identity/consumer-store.ts": "every process asks whom any shop has deleted lately",
  "identity/create-organization.ts": "the host makes an organization",
  "identity/host-keys.ts": "the host's own commands",
  "identity/host-limits.ts": "the host's own command",
  "identity/key-directory.ts": "finds out whose a key is",
  "identity/key-uses.ts": "one statement notes the uses of all keys",
  "identity/session-store.ts": "every process asks which sessions ended lately",
  "members/accept-invitation.ts": "nobody is signed in yet: the token tells the organization",
  "members/invite-from-host.ts": "the host's own command",
  "members/member-sessions.ts": "finds out who a member is",
  "members/own-member-routes.ts": "a person's own account and sessions, which belong to no organization",
  "members/password-reset.ts": "a person's own account; nobody is signed in",
  "members/second-factor-routes.ts": "a person's own account",
  "orders/release-stale-orders.ts": "the worker: orders of all that nobody paid in time",
  "platform/audit/audit-routes.ts": "reads records by the chain that was found within the organization",
  "platform/audit/forget-old-records.ts": "the worker",
  "platform/audit/read-chain.ts": "the host's own command",
  "platform/audit/verify-audit-log.ts": "the host's own command",
  "platform/jobs/due-worker.ts": "the worker: leases of what is due of all",
  "platform/maintenance/watch-maintenance.ts": "one switch for the whole server",
  "platform/rate-limits/process-store.ts": "which processes there are",
  "prepare-database.ts": "starts",
  "requests/request-store.ts":
    "one statement writes what became of the requests of all; the worker forgets them",
  "switch-maintenance.ts": "the host's own command",
  "worker.ts": "the worker",
};

const sources = join(import.meta.dirname, "../..");
const leftOut = /(\.test\.ts$)|^(testing|demo|platform\/database)\//;
const reachesDatabase = /\.(kysely|pool)\b|\{[^}]*\b(kysely|pool)\b[^}]*\} = |\{ (kysely|pool)\b/;

it("reaches the database past row-level security from the listed places alone", async () => {
  const files = (await readdir(sources, { recursive: true }))
    .map((file) => file.split(sep).join("/"))
    .filter((file) => file.endsWith(".ts") && !leftOut.test(file));
  const found: string[] = [];
  for (const file of files)
    if (reachesDatabase.test(await readFile(join(sources, file), "utf8"))) found.push(file);
  expect(found.sort()).toEqual(Object.keys(asHost).sort());
});
