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

/** Every file that is made from the contract, as it should be. */
export function generatedFiles(): { file: string; text: string }[] {
  const inReference = (name: string): string =>
    fileURLToPath(new URL(`../../docs/reference/${name}`, import.meta.url));
  return [
    { file: inReference("openapi.json"), text: `${JSON.stringify(openapiDocument("/"), null, 1)}\n` },
    { file: inReference("errors.md"), text: errorReference() },
    { file: inReference("operations.md"), text: operationReference() },
  ];
}

const notice = "<!-- Made from packages/contract by npm run generate. -->\n";

function errorReference(): string {
  const rows = errorCodes.map((code) => {
    const row = errorTable[code];
    return `| ${row.status} | \`${row.error}\` | \`${code}\` | ${row.when} | ${row.todo} | ${isRetryable(code) ? "yes" : "no"} |`;
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
    const own = errorsOf(operation).filter((code) => errorTable[code].status < 500);
    return `### ${operation.method} ${operation.path}

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
