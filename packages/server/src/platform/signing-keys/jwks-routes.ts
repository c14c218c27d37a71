import { type OperationHost, registerOperation } from "../http/index.ts";
import type { SigningKeys } from "./signing-keys.ts";

export function registerJwksRoute(host: OperationHost, keys: SigningKeys): void {
  registerOperation(host, "readJwks", () => ({
    status: 200,
    body: keys.jwks,
    headers: ["Cache-Control", "public, max-age=300"],
  }));
}
