export { type ChangeAuthor, hostAuthor, systemAuthor } from "./change-author.ts";
export { type Change, recordChange, recordChangeBy } from "./record-change.ts";
export type { Settings } from "./settings-change.ts";
