export {
  type AdmissionClaims,
  type AdmissionGrant,
  deviceClaim,
  issueAdmissionToken,
  readAdmissionToken,
} from "./admission-token.ts";
export {
  type DeviceMatch,
  type GivenDevice,
  isDeviceNews,
  keptDevice,
  matchDevice,
  notDeviceThatEntered,
} from "./entry-device.ts";
export { isLevelReached, levelOf } from "./entry-level.ts";
export type { AdmissionHolder, LockedAdmission } from "./locked-admission.ts";
