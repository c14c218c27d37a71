import { existsSync } from "node:fs";
import { EvidenceError } from "./read-evidence.ts";

/** What ids are of, and where on a server it is shown. */
const shownAt = [
  { prefix: "draw_", what: "draw", command: "verify-draw", path: "/d/", rest: "" },
  { prefix: "queue_", what: "line", command: "verify-line", path: "/q/", rest: "" },
  {
    ...{ prefix: "org_", what: "organization", command: "verify-log" },
    ...{ path: "/api/v1/organizations/", rest: "/fairness-log" },
  },
] as const;

/**
 * An id says of what, and not on which server it is.
 *
 * @param checked of what the command checks proofs; null: of any
 * @throws {EvidenceError} where an id stands in the place of an address, with that address
 */
export function refuseId(subject: string, checked: "draw" | "line" | null): void {
  const shown = shownAt.find(({ prefix }) => subject.startsWith(prefix));
  if (shown === undefined || !/^[a-z]+_[\w…]*$/.test(subject) || existsSync(subject)) return;
  const { what, command, path, rest } = shown;
  const who = checked === null || checked === what ? "" : `${command} `;
  throw new EvidenceError(
    `${subject} is the id of ${what === "organization" ? "an" : "a"} ${what}, and no address.`,
    {
      next: `give ${who}the address, such as https://shop.example${path}${subject}${rest}`,
      isGivenWrong: true,
    },
  );
}
