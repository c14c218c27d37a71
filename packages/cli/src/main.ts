import { commandNames, helpOf, helpOfAll } from "./command-help.ts";
import { explainMistake } from "./explain-mistake.ts";
import { nearestWord } from "./nearest-word.ts";

/** Each command is loaded when it is asked for: who checks a draw need not wait for the server's parts. */
async function main(args: readonly string[]): Promise<number> {
  if (asksForHelp(args)) return printHelp(args);
  const [command = "help", ...rest] = args;
  switch (command) {
    case "init":
      return (await import("./init.ts")).init(rest);
    case "members":
      if (rest[0] !== "invite") break;
      return (await import("./members.ts")).inviteMember(rest.slice(1));
    case "keys":
      return (await import("./keys.ts")).keys(rest);
    case "signing-keys":
      if (rest[0] !== "rotate") break;
      return (await import("./rotate-signing-keys.ts")).rotateSigningKey(rest.slice(1));
    case "limits":
      return (await import("./limits.ts")).limits(rest);
    case "explain":
      return (await import("./explain.ts")).explain(rest);
    case "listen":
      return (await import("./listen.ts")).listen(rest);
    case "trigger":
      return (await import("./trigger.ts")).trigger(rest);
    case "maintenance":
      return (await import("./maintenance.ts")).maintenance(rest);
    case "audit-log":
      return (await import("./audit-log.ts")).auditLog(rest);
    case "verify-audit":
      return (await import("./verify-audit.ts")).verifyAudit(rest);
    case "verify-line":
      return (await import("./verify-line.ts")).verifyLine(rest);
    case "verify-log":
      return (await import("./verify-log.ts")).verifyLog(rest);
    case "verify-draw":
      return (await import("./verify-draw.ts")).verifyDraw(rest);
    case "help":
      return printHelp(rest);
  }
  return refuseCommand(command, rest);
}

function printHelp(words: readonly string[]): number {
  console.log(helpOf(words) ?? helpOfAll());
  return 0;
}

function refuseCommand(command: string, [verb]: readonly string[]): number {
  const ofGroup = helpOf([command]);
  if (ofGroup !== null) {
    const says =
      verb === undefined ? `${command} needs one more word.` : `There is no command "${command} ${verb}".`;
    console.error(`${says}\n\n${ofGroup}`);
    return 2;
  }
  const near = nearestWord(command, commandNames());
  console.error(
    `There is no command "${command}".${near === null ? "" : ` Did you mean ${near}?`}\nNext: stanchion help tells all of them.`,
  );
  return 2;
}

/** What stands behind -- is no option. */
function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  return args.slice(0, end < 0 ? args.length : end).some((word) => word === "--help" || word === "-h");
}

/** @returns the exit code */
function tellFailure(error: unknown, args: readonly string[]): number {
  const help = helpOf(args) ?? helpOfAll();
  const mistake = explainMistake(error, help);
  if (mistake !== null) {
    console.error(`${mistake}\n\n${help}`);
    return 2;
  }
  console.error(error instanceof Error ? error.message : error);
  // The server's, which is not loaded for this alone.
  return error instanceof Error && error.name === "ConfigError" ? 2 : 1;
}

const args = process.argv.slice(2);
main(args).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.exitCode = tellFailure(error, args);
  },
);
