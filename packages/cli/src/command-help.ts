/** Every command: what it is told, and what it does. */
export function helpOfAll(): string {
  return `Usage: stanchion <command>

${commands.map(({ help }) => help).join("\n")}
  help [COMMAND]
      This text, or that of one command; --help behind a command prints its own too.`;
}

/**
 * The same of the one command that a command line begins with, or of all of a group such as `keys`. Null where there is no such.
 *
 * @example helpOf(["keys", "create", "--name", "Shop"])?.startsWith("Usage: stanchion keys create ")
 */
export function helpOf([first = "", second = ""]: readonly string[]): string | null {
  const exact = commands.find(({ name }) => name === first || name === `${first} ${second}`);
  const group = commands.filter(({ name }) => name.startsWith(`${first} `));
  const [one = exact, ...others] = exact === undefined ? group : [];
  if (one === undefined) return null;
  if (others.length === 0) return `Usage: stanchion ${one.help.trimStart()}`;
  return `Usage: stanchion ${first} …\n\n${group.map(({ help }) => help).join("\n")}`;
}

/** The first words of all commands. */
export function commandNames(): readonly string[] {
  return commands.map(({ name }) => name.split(" ")[0] ?? name);
}

/** What the commands take and do, in the order in which they are told. */
const commands: readonly { readonly name: string; readonly help: string }[] = [
  {
    name: "init",
    help: `  init --name NAME [--live] [--origin URL]... [--json]
      Makes an organization with one publishable and one secret key. Works beside a running server on the same
      STANCHION_DATA, or on DATABASE_URL. The keys are shown once.`,
  },
  {
    name: "members invite",
    help: `  members invite --organization ORG --email ADDRESS [--role ROLE] [--json]
      Invites somebody to the dashboard of an organization, named by its id or name, as owner unless viewer, editor or admin is
      named. The invitation is mailed; without SMTP_URL its token is shown once instead.`,
  },
  {
    name: "keys list",
    help: `  keys [list [--organization ORG]] [--json]
      The API keys: whose, for what, when last used; never a key itself.`,
  },
  {
    name: "keys create",
    help: `  keys create --organization ORG --name NAME [--publishable] [--live] [--scope SCOPE]... [--expires-at TIME] [--json]
      Makes an API key and shows it once; a secret key without --scope may do everything, making keys too.`,
  },
  {
    name: "keys rotate",
    help: `  keys rotate KEY_ID --overlap SECONDS [--json]
      Gives an API key a new secret, shown once; the old one goes on for so long.`,
  },
  {
    name: "keys revoke",
    help: `  keys revoke KEY_ID [--json]
      Revokes an API key for good: within two seconds every process refuses it.`,
  },
  {
    name: "signing-keys rotate",
    help: `  signing-keys rotate [admission | fairness]
      Makes a new signing key for admission tokens, or for receipts and the other statements of fairness: shown in the JWKS at
      once, used in ten minutes. The old one stays shown, for a day or, of statements, for ever.`,
  },
  {
    name: "limits",
    help: `  limits --organization ORG [--set CLASS=CALLS/SECONDS]... [--unset CLASS]... [--quota QUOTA=NUMBER]... [--unset-quota QUOTA]...
         [--json]
      What one organization may use, by its id or name: shown, and with the other options changed in every process within two
      seconds. Classes: authentication, guest, entry, general, webhook; such as --set general=500/60s. Quotas: openQueues,
      people (in line at once), deliveries (in 24 hours); such as --quota people=100000.`,
  },
  {
    name: "explain",
    help: `  explain CODE | REQUEST_ID [--request] [--json]
      What an error code means and what to do; or what became of a request, from the database: what was asked, what was
      answered, what stood in the way. --request: the word is a request id, though it looks like a code.`,
  },
  {
    name: "listen",
    help: `  listen --forward-to URL [--url URL] [--key KEY] [--events TYPE,TYPE] [--max-per-batch NUMBER] [--live]
      What happens in an organization, sent on to a receiver on your machine as webhooks are, until Ctrl-C: signed with a secret
      that is shown at the start, each with the receiver's answer in a line. Asks the server at --url, else at STANCHION_URL, else
      the one that runs here; with a secret key of the scope webhooks:read, else STANCHION_SECRET_KEY. Live keys need --live.`,
  },
  {
    name: "trigger",
    help: `  trigger TYPE [--endpoint WHE] [--url URL] [--key KEY] [--live] | trigger TYPE --forward-to URL [--secret WHSEC]
      Sends an example of an event, marked as one and of nobody and nothing: to everybody who listens, to one webhook endpoint,
      or without a server straight to an address. Ends with 1 where nobody listens or nobody takes it. Needs webhooks:write.`,
  },
  {
    name: "start",
    help: `  start | api | worker
      Runs the server: the API and the worker in one process, or one of them alone.`,
  },
  {
    name: "maintenance",
    help: `  maintenance [on [--retry-after SECONDS] [--message TEXT] | off]
      Planned maintenance: every process answers 503 with Retry-After (60 s unless given) and the message, the waiting page
      shows it kindly, and the lines stand still. Takes effect within two seconds. Without on or off: says whether it is on.`,
  },
  {
    name: "audit-log",
    help: `  audit-log [--organization ID [--live]]
      The server's own audit log (maintenance, signing keys), or an organization's: one record of JSON on each line.`,
  },
  {
    name: "verify-line",
    help: `  verify-line FILE | URL [--receipt FILE] [--leaves FILE] [--jwks FILE] [--authority FILE]... [--chain HASH]... [--json]
      Recomputes the opening of a line whose order was drawn: from the address of the line's page or of its proof, or a saved proof
      with leaves.ndjson, jwks.json and perhaps log.json beside it. --receipt: besides, which rank the ticket has, and what the log
      says became of it. Needs no database. Ends with 0 where all is proven, 1 where something does not hold, 2 where what
      is given is wrong, 3 where nothing can be judged: not drawn yet, or not to be reached.`,
  },
  {
    name: "verify-log",
    help: `  verify-log URL [--receipt FILE] [--noted SIZE:ROOT]... [--jwks FILE] [--json]
      Reads an organization's fairness log, by its address or that of a draw or a line, and checks that it was not rewritten since
      a receipt or a head that was noted; of a draw or a line also that it is in it, once. Prints the head,
      to be noted elsewhere. Needs no database. Ends with 0 where all holds, 1 where something does not, 2 where what is given is
      wrong, 3 where the log cannot be reached.`,
  },
  {
    name: "verify-audit",
    help: `  verify-audit [--organization ID] [--noted NUMBER:HASH]... [--json]
      Recomputes the audit log, names the first row of each chain that does not hold, and prints the heads, to be noted
      elsewhere. --noted: a head of earlier that must still be there. Ends with 1 where something does not hold.`,
  },
  {
    name: "verify-draw",
    help: `  verify-draw FILE | URL [--receipt FILE] [--entry-only] [--leaves FILE] [--jwks FILE] [--authority FILE]... [--chain HASH]...
              [--json]
      Recomputes a draw from what is published of it: the address of the draw or of its proof, or a saved proof with leaves.ndjson,
      jwks.json and perhaps log.json beside it. --receipt: besides, whether the entry was in the draw and where it stood;
      --entry-only: that without the list, from the entry.json beside a saved proof. --authority, --chain: who may vouch for time
      stamps (PEM), or which drand chain you believe, besides those that are known. Needs no database. Ends with 0 where all is
      proven, 1 where something does not hold, 2 where what is given is wrong, 3 where nothing can be judged: not drawn yet, or
      not to be reached.`,
  },
];
