/** What a case is: a code, the operation that gives it, what it needs, and the requests that bring it about. */
import type { ErrorCode, OperationName, Quotas, RateClass } from "@stanchion/contract";
import type { CaseContext, Session } from "./case-context.ts";
import type { Exchange } from "./exchange.ts";

export interface ConformanceCase {
  readonly code: ErrorCode;
  /** Null: the answer is given before an operation is found. */
  readonly operation: OperationName | null;
  /** What must be at hand besides an address and a secret key. */
  readonly needs: readonly Need[];
  /** Told apart from other cases of the same code and operation. */
  readonly cause: string;
  /** Brings the code about by its real cause; the last exchange must show it. */
  readonly provoke: (ctx: CaseContext) => Promise<Exchange>;
}

export interface Keys {
  readonly secretKey: string;
  readonly publishableKey: string;
  /** Cookie and Origin of a member, where the environment has one. */
  readonly memberHeaders?: Readonly<Record<string, string>>;
}

/** What an environment can offer to cases. */
export interface Facilities {
  "publishable key": string;
  /** Cookie and Origin of an owner who is signed in. */
  member: { readonly id: string; readonly headers: Readonly<Record<string, string>> };
  /** A new owner: of the shop, of another organization, or the only one of a new organization. */
  person: (where?: "elsewhere" | "alone") => Promise<{
    readonly id: string;
    readonly email: string;
    readonly password: string;
    readonly headers: Readonly<Record<string, string>>;
  }>;
  /** Cookie and Origin of a viewer. */
  viewer: { readonly headers: Readonly<Record<string, string>> };
  "other organization": Keys;
  /** Keys that had an expiry, which has passed. */
  "expired keys": Keys;
  /** A new organization with nothing but its first keys. */
  "new organization": () => Promise<Keys>;
  /** A consumer's tokens of a month ago, with the publishable key; and a member's session as old. */
  "expired session": Session & {
    readonly memberHeaders: Readonly<Record<string, string>>;
    readonly invitationToken: string;
    readonly resetToken: string;
  };
  /** An organization that lists the origins it allows: https://shop.example. */
  "listed origins": Keys;
  /** A new organization with one call a minute in this class. */
  "small limits": (rateClass: RateClass) => Promise<Keys>;
  /** A new organization with these quotas. */
  "small quotas": (quotas: Partial<Quotas>) => Promise<Keys>;
  /** The limits of the contract, or others that a hundred calls reach. */
  "usual limits": true;
  /** Keys that the server has not met yet, on a server whose database is out of reach. */
  "severed database": Keys;
  /** Keys that the server has not met yet, on a server whose tables were renamed under it. */
  "hidden tables": Keys;
  /** The code of the latest mail to an address, where mails of test keys can be read. */
  mailbox: (email: string) => Promise<string>;
  /** A clock that can be moved. */
  clock: true;
  /** A mail provider that can be told how to behave. */
  "mail provider": { refuse(): void; hang(): void };
  /** A randomness beacon that can be told how to behave. */
  beacon: { readonly chain: string; fail(): void; hang(): void };
  /** The demo's shop, which takes visitors from the line. */
  "demo shop": true;
  /** Keys that the server has not met yet, on a server whose every statement is ended by somebody else. */
  "ended statements": Keys;
  /** The operator has announced maintenance, with a message. */
  maintenance: true;
  /** Somebody else locks the tables once the case is ready. */
  "locked tables": true;
  /** The server is told to stop once the case is ready. */
  "draining server": true;
  /** Half a minute for one answer: the server's own time limits are waited for. */
  patience: true;
}

export type Need = keyof Facilities;

/** Why a case with this need cannot be run on a server of which only the address and keys are known. */
export const whyNotFromOutside: Readonly<Record<Need, string>> = {
  "publishable key": "no --publishable-key was given",
  member: "a member must sign in",
  viewer: "a member must sign in",
  person: "new members must sign in",
  "other organization": "no --other-secret-key and --other-publishable-key were given",
  "expired session": "the session's hour would have to pass",
  "expired keys": "the key's expiry would have to pass",
  "new organization": "no request makes an organization",
  "listed origins": "the organization's list of origins would have to be changed",
  "small limits": "no request sets an organization's limits",
  "small quotas": "no request sets an organization's quotas",
  "usual limits": "",
  "severed database": "the server's database must be out of reach",
  "hidden tables": "a fault must be made inside the server's database",
  mailbox: "the mails that the server sends must be read",
  clock: "many minutes would have to pass",
  "mail provider": "the server's mail provider must fail",
  beacon: "the server's randomness beacon must fail",
  "demo shop": "the server must have been started with its demo",
  "ended statements": "the server's database must be too slow",
  maintenance: "the operator must announce maintenance",
  "locked tables": "the server's tables must be locked by somebody else",
  "draining server": "the server must be stopping",
  patience: "",
};
