import { ConfigError } from "@stanchion/server";
import { auditLog } from "./audit-log.ts";
import { explain } from "./explain.ts";
import { init } from "./init.ts";
import { keys } from "./keys.ts";
import { limits } from "./limits.ts";
import { listen } from "./listen.ts";
import { maintenance } from "./maintenance.ts";
import { inviteMember } from "./members.ts";
import { rotateSigningKey } from "./rotate-signing-keys.ts";
import { trigger } from "./trigger.ts";
import { verifyAudit } from "./verify-audit.ts";
import { verifyDraw } from "./verify-draw.ts";
import { verifyLine } from "./verify-line.ts";
import { verifyLog } from "./verify-log.ts";

const usage = `Usage: stanchion <command>

  init --name NAME [--live] [--origin URL]... [--json]
      Makes an organization with one publishable and one secret key. Works beside a running server on the same
      STANCHION_DATA, or on DATABASE_URL. The keys are shown once.
  members invite --organization ORG --email ADDRESS [--role ROLE] [--json]
      Invites somebody to the dashboard of an organization, named by its id or name, as owner unless viewer, editor or admin is named. The invitation
      is mailed; without SMTP_URL its token is shown once instead.
  keys [list [--organization ORG]] [--json]
      The API keys: whose, for what, when last used; never a key itself.
  keys create --organization ORG --name NAME [--publishable] [--live] [--scope SCOPE]... [--expires-at TIME] [--json]
      Makes an API key and shows it once; a secret key without --scope may do everything, making keys too.
  keys rotate KEY_ID --overlap SECONDS [--json]
      Gives an API key a new secret, shown once; the old one goes on for so long.
  keys revoke KEY_ID [--json]
      Revokes an API key for good: within two seconds every process refuses it.
  signing-keys rotate [admission | fairness]
      Makes a new signing key for admission tokens, or for receipts and the other statements of fairness: shown in the JWKS at
      once, used in ten minutes. The old one stays shown, for a day or, of statements, for ever.
  limits --organization ORG [--set CLASS=CALLS/SECONDS]... [--unset CLASS]... [--quota QUOTA=NUMBER]... [--unset-quota QUOTA]...
         [--json]
      What one organization may use, by its id or name: shown, and with the other options changed in every process within two
      seconds. Classes: authentication, guest, entry, general, webhook; such as --set general=500/60s. Quotas: openQueues,
      people (in line at once), deliveries (in 24 hours); such as --quota people=100000.
  explain CODE | REQUEST_ID [--request] [--json]
      What an error code means and what to do; or what became of a request, from the database: what was asked, what was
      answered, what stood in the way. --request: the word is a request id, though it looks like a code.
  listen --forward-to URL [--url URL] [--key KEY] [--events TYPE,TYPE] [--max-per-batch NUMBER] [--live]
      What happens in an organization, sent on to a receiver on your machine as webhooks are, until Ctrl-C: signed with a secret
      that is shown at the start, each with the receiver's answer in a line. Asks the server at --url, else at STANCHION_URL, else
      the one that runs here; with a secret key of the scope webhooks:read, else STANCHION_SECRET_KEY. Live keys need --live.
  trigger TYPE [--endpoint WHE] [--url URL] [--key KEY] [--live] | trigger TYPE --forward-to URL [--secret WHSEC]
      Sends an example of an event, marked as one and of nobody and nothing: to everybody who listens, to one webhook endpoint,
      or without a server straight to an address. Ends with 1 where nobody listens or nobody takes it. Needs webhooks:write.
  start | api | worker
      Runs the server: the API and the worker in one process, or one of them alone.
  maintenance [on [--retry-after SECONDS] [--message TEXT] | off]
      Planned maintenance: every process answers 503 with Retry-After (60 s unless given) and the message, the waiting page
      shows it kindly, and the lines stand still. Takes effect within two seconds. Without on or off: says whether it is on.
  audit-log [--organization ID [--live]]
      The server's own audit log (maintenance, signing keys), or an organization's: one record of JSON on each line.
  verify-line FILE | URL [--receipt FILE] [--leaves FILE] [--jwks FILE] [--authority FILE]... [--chain HASH]... [--json]
      Recomputes the opening of a line whose order was drawn: from the address of the line's page or of its proof, or a saved proof
      with leaves.ndjson, jwks.json and perhaps log.json beside it. --receipt: besides, which rank the ticket has, and what the log
      says became of it. Needs no database. Ends as verify-draw does.
  verify-log URL [--receipt FILE] [--noted SIZE:ROOT]... [--jwks FILE] [--json]
      Reads an organization's fairness log, by its address or that of a draw or a line, and checks that it was not rewritten since
      a receipt or a head that was noted; of a draw or a line also that it is in it, once. Prints the head, to be noted elsewhere. Needs no database.
      Ends as verify-draw does.
  verify-audit [--organization ID] [--noted NUMBER:HASH]... [--json]
      Recomputes the audit log, names the first row of each chain that does not hold, and prints the heads, to be noted
      elsewhere. --noted: a head of earlier that must still be there. Ends with 1 where something does not hold.
  verify-draw FILE | URL [--receipt FILE] [--entry-only] [--leaves FILE] [--jwks FILE] [--authority FILE]... [--chain HASH]...
              [--json]
      Recomputes a draw from what is published of it: the address of the draw or of its proof, or a saved proof with leaves.ndjson,
      jwks.json and perhaps log.json beside it. --receipt: besides, whether the entry was in the draw and where it stood; --entry-only: that
      without the list. --authority, --chain: who may vouch for time stamps (PEM), or which drand chain you believe, besides those
      that are known. Needs no database. Ends with 0 where all is proven, 1 where something does not hold, 2 where what is
      given is wrong, 3 where nothing can be judged: not drawn yet, or not to be reached.
  help
      This text; --help with any command prints it too.`;

async function main(args: readonly string[]): Promise<number> {
  const [command = "help", ...rest] = asksForHelp(args) ? ["help"] : args;
  switch (command) {
    case "init":
      return init(rest);
    case "members":
      if (rest[0] === "invite") return inviteMember(rest.slice(1));
      break;
    case "keys":
      return keys(rest);
    case "signing-keys":
      if (rest[0] === "rotate") return rotateSigningKey(rest.slice(1));
      break;
    case "limits":
      return limits(rest);
    case "explain":
      return explain(rest);
    case "listen":
      return listen(rest);
    case "trigger":
      return trigger(rest);
    case "maintenance":
      return maintenance(rest);
    case "audit-log":
      return auditLog(rest);
    case "verify-audit":
      return verifyAudit(rest);
    case "verify-line":
      return verifyLine(rest);
    case "verify-log":
      return verifyLog(rest);
    case "verify-draw":
      return verifyDraw(rest);
    case "help":
      console.log(usage);
      return 0;
  }
  console.error(`There is no command "${args.join(" ")}".\n\n${usage}`);
  return 2;
}

/** What stands behind -- is no option. */
function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  return args.slice(0, end < 0 ? args.length : end).some((word) => word === "--help" || word === "-h");
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    const isUsage =
      error instanceof ConfigError || Object(error).code?.startsWith?.("ERR_PARSE_ARGS") === true;
    console.error(error instanceof Error ? error.message : error);
    if (isUsage) console.error(`\n${usage}`);
    process.exitCode = isUsage ? 2 : 1;
  },
);
