import { fileURLToPath } from "node:url";
import {
  errorCodes,
  errorsOf,
  errorTable,
  isRetryable,
  openapiDocument,
  operationNames,
  operationOf,
  rateClasses,
  rateClassNames,
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
  ];
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
