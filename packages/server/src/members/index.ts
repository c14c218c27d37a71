export { registerInvitationRoutes } from "./invitation-routes.ts";
export { faultsOfInvitation, type HostInvitation, inviteFromHost } from "./invite-from-host.ts";
export { registerMemberRoutes } from "./member-routes.ts";
export { type MemberSessions, watchMemberSessions } from "./member-sessions.ts";
export { registerOwnMemberRoutes } from "./own-member-routes.ts";
export { registerPasswordResetRoutes } from "./password-reset-routes.ts";
export { createPasswords } from "./passwords.ts";
export { registerSecondFactorRoutes } from "./second-factor-routes.ts";
