import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  auditActions,
  errorCodes,
  errorsOf,
  errorTable,
  hasRole,
  isRetryable,
  openapiDocument,
  operationNames,
  operationOf,
  rateClasses,
  rateClassNames,
  roles,
} from "@stanchion/contract";
import { releasedCodes, withNewCodes } from "../../packages/contract/src/released-codes.ts";
import { serverCallsSource } from "./server-calls.ts";

/** Every file that is made from the contract, as it should be. */
export function generatedFiles(): { file: string; text: string }[] {
  const inRoot = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
  const inReference = (name: string): string => inRoot(`docs/reference/${name}`);
  return [
    { file: inReference("openapi.json"), text: `${JSON.stringify(openapiDocument("/"), null, 1)}\n` },
    { file: inReference("errors.md"), text: errorReference() },
    { file: inReference("operations.md"), text: operationReference() },
    {
      file: inRoot("packages/contract/src/released-codes.json"),
      text: `${JSON.stringify(withNewCodes(releasedCodes, errorTable), null, 2)}\n`,
    },
    { file: inRoot("packages/sdk/src/server/server-calls.ts"), text: serverCallsSource() },
    rolesGuide(inRoot("docs/guides/members-and-roles.md")),
    auditGuide(inRoot("docs/guides/audit-log.md")),
  ];
}

/** The guide is written by hand but for its table of roles. */
function rolesGuide(file: string): { file: string; text: string } {
  const text = readFileSync(file, "utf8");
  return { file, text: text.replace(/^\| operation \| viewer .*\n(?:\|.*\n)*/m, rolesTable()) };
}

function rolesTable(): string {
  const open = operationNames.flatMap((name) => {
    const { leastRole = null, access, method, path, summary } = operationOf(name);
    if (leastRole === null || access === "member") return [];
    return [{ leastRole, line: `\`${method} ${path.replace("/api/v1", "")}\` ${summary}` }];
  });
  const rows = roles.flatMap((least) =>
    open
      .filter(({ leastRole }) => leastRole === least)
      .map(
        ({ line }) =>
          `| ${line} | ${roles.map((role) => (hasRole(role, least) ? "yes" : "")).join(" | ")} |\n`,
      ),
  );
  return `| operation | ${roles.join(" | ")} |\n|---|${roles.map(() => "---|").join("")}\n${rows.join("")}`;
}

/** The guide is written by hand but for its table of actions. */
function auditGuide(file: string): { file: string; text: string } {
  const kinds = Map.groupBy(auditActions, (action) => action.split(".", 1)[0] ?? "");
  const rows = [...kinds].map(
    ([kind, actions]) =>
      `| ${kind.replaceAll("_", " ")} | ${actions.map((action) => `\`${action}\``).join(", ")} |\n`,
  );
  const table = `| of | actions |\n|---|---|\n${rows.join("")}`;
  return { file, text: readFileSync(file, "utf8").replace(/^\| of \| actions .*\n(?:\|.*\n)*/m, table) };
}

const notice = "<!-- Made from packages/contract by npm run generate. -->\n";

function errorReference(): string {
  const rows = errorCodes.map((code) => {
    const row = errorTable[code];
    return `| ${row.status} | \`${row.error}\` | <a id="${code}"></a>\`${code}\` | ${row.when} | ${row.todo} | ${isRetryable(code) ? "yes" : "no"} |`;
  });
  return `${notice}# Errors

| status | error | code | when | what to do | try again |
|---|---|---|---|---|---|
${rows.join("\n")}
`;
}

function operationReference(): string {
  const limits = rateClassNames.map((name) => {
    const { limit, windowSeconds, countedPer } = rateClasses[name];
    return `| ${name} | ${limit} | ${windowSeconds} s | ${countedPer} |`;
  });
  const operations = operationNames.map((name) => {
    const operation = operationOf(name);
    const own = errorsOf(operation).filter(
      (code) => errorTable[code].status < 500 || operation.errors.includes(code),
    );
    return `## ${operation.method} ${operation.path}

${operation.summary}. \`${name}\`; who: ${operation.access}; limit: ${operation.rateClass ?? "none"}; success: ${operation.status}${operation.idempotent ? "; takes Idempotency-Key" : ""}${operation.ifMatch ? "; honours If-Match" : ""}.

Refusals: ${own.map((code) => `\`${code}\``).join(", ")}.
`;
  });
  return `${notice}# Operations

| rate class | calls | window | counted per |
|---|---|---|---|
${limits.join("\n")}

${operations.join("\n")}`;
}
