import {
  type IdKind,
  type OperationName,
  operationNames,
  operationOf,
  pathIdKinds,
} from "@stanchion/contract";

/** A path of the contract with its parameters filled in. Kind null: the parameter is no id. */
export function fillPath(template: string, fill: (parameter: string, kind: IdKind | null) => string): string {
  return template.replace(/\{(\w+)\}/g, (_, parameter: string) =>
    fill(parameter, pathIdKinds[parameter] ?? null),
  );
}

const patterns = operationNames.map((name) => ({
  name,
  operation: operationOf(name),
  pattern: new RegExp(
    `^${operationOf(name)
      .path.replace(/[.]/g, "\\.")
      .replace(/\{\w+\}/g, "[^/]+")}$`,
  ),
}));

/** The operation that a request goes to; null where there is none. HEAD is answered as GET. */
export function operationAt(method: string, pathAndQuery: string): OperationName | null {
  const [path = ""] = pathAndQuery.split("?");
  const asked = method === "HEAD" ? "GET" : method;
  const found = patterns.find(({ operation, pattern }) => operation.method === asked && pattern.test(path));
  return found?.name ?? null;
}
