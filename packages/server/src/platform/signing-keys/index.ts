export { registerJwksRoute } from "./jwks-routes.ts";
export {
  canOpenSigningKeys,
  type KeyPurpose,
  keyPurposes,
  openSigningKeys,
  rotateSigningKeys,
  rotateWhenDue,
  type SigningKeys,
} from "./signing-keys.ts";
