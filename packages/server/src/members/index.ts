export { type MemberSessions, watchMemberSessions } from "./member-sessions.ts";
export { registerOwnMemberRoutes } from "./own-member-routes.ts";
export { createPasswords } from "./passwords.ts";
