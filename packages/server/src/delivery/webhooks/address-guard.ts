import type { LookupAddress } from "node:dns";
import { Resolver } from "node:dns/promises";
import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import ipaddr from "ipaddr.js";
import { RequestFilteringHttpsAgent } from "request-filtering-agent";

/** Sees to it that webhooks go to the public internet and nowhere else: who may choose an address must not reach ours. */
export interface AddressGuard {
  /** Would a webhook to this url be refused now? A host that does not resolve is taken: it is looked at when it does. */
  refuses(url: URL): Promise<boolean>;
  /** For requests to this url: connects to an address that was judged after it was looked up, for this very connection. */
  agentFor(url: URL): HttpAgent | HttpsAgent;
  /** Is it refused by what it says already, without being looked up? Agents judge names alone. */
  isRefusedAsWritten(url: URL): boolean;
  close(): void;
}

export interface AddressGuardOptions {
  readonly allowsPrivateNetworks: boolean;
  /** The servers of names that are asked; those of the machine unless a test has its own. */
  readonly nameServers?: readonly string[];
  /** Authorities of certificates besides those that Node knows. */
  readonly authorities?: string;
}

const lookupMs = 2_000;
const lookupTries = 2;
/** How long a call that writes an address waits for its name; one that is not found by then is taken, as one that is not there. */
const judgingMs = 3_000;
const idleSocketMs = 5_000;

/** An address was found that is of no public network. */
export class RefusedAddress extends Error {
  readonly code = "ADDRESS_REFUSED";
}

export function createAddressGuard(options: AddressGuardOptions): AddressGuard {
  const agentOptions = {
    keepAlive: true,
    keepAliveMsecs: idleSocketMs,
    timeout: idleSocketMs,
    ...(options.authorities === undefined ? {} : { ca: options.authorities }),
  };
  if (options.allowsPrivateNetworks) {
    const agents = { http: new HttpAgent(agentOptions), https: new HttpsAgent(agentOptions) };
    return {
      refuses: async () => false,
      isRefusedAsWritten: () => false,
      agentFor: ({ protocol }) => (protocol === "http:" ? agents.http : agents.https),
      close: () => void [agents.http.destroy(), agents.https.destroy()],
    };
  }
  const find = createFinder(options.nameServers);
  // It judges names that were looked up once more, and addresses that a request names.
  const agent = new RequestFilteringHttpsAgent({ ...agentOptions, lookup: guardedLookup(find) });
  return {
    async refuses(url) {
      if (isRefusedAsWritten(url)) return true;
      const found = await Promise.race([find(hostOf(url)).catch(() => []), nothingAfter(judgingMs)]);
      return found.some(({ address }) => !isPublicAddress(address));
    },
    isRefusedAsWritten,
    agentFor: () => agent,
    close: () => agent.destroy(),
  };
}

/** Nobody waits for the timer but who waits for the answer. */
function nothingAfter(ms: number): Promise<LookupAddress[]> {
  return new Promise((resolve) => void setTimeout(resolve, ms, []).unref());
}

const ownNames = /(^|\.)(localhost|local|internal|home\.arpa)\.?$/;

function isRefusedAsWritten(url: URL): boolean {
  const host = hostOf(url);
  if (url.protocol !== "https:" || url.username !== "" || url.password !== "") return true;
  return isIP(host) === 0 ? ownNames.test(host) : !isPublicAddress(host);
}

/** The host of a url without the brackets of an address. Spellings in decimal, octal or hexadecimal are gone: URL reads them. */
export function hostOf({ hostname }: URL): string {
  return hostname.startsWith("[") ? hostname.slice(1, -1) : hostname;
}

const globalUnicast = ipaddr.IPv6.parseCIDR("2000::/3");
const documentation = ipaddr.IPv6.parseCIDR("3fff::/20");

/** Is it an address of the public internet? Not one for a special purpose, nor one that holds an address of the other kind. */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== "unicast") return false;
  return parsed instanceof ipaddr.IPv4 || (parsed.match(globalUnicast) && !parsed.match(documentation));
}

type Finder = (host: string) => Promise<LookupAddress[]>;

/** Asks servers of names itself: the system's way of looking up would hold a thread that hashing and files need too. */
function createFinder(nameServers: readonly string[] | undefined): Finder {
  const resolver = new Resolver({ timeout: lookupMs, tries: lookupTries });
  if (nameServers !== undefined) resolver.setServers([...nameServers]);
  return async (host) => {
    const [four, six] = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
    const found = [...addressesOf(four, 4), ...addressesOf(six, 6)];
    if (found.length === 0) throw four.status === "rejected" ? four.reason : new Error("no address");
    return found;
  };
}

function addressesOf(answer: PromiseSettledResult<string[]>, family: 4 | 6): LookupAddress[] {
  return answer.status === "fulfilled" ? answer.value.map((address) => ({ address, family })) : [];
}

/** Answers the addresses of a name where all of them are public, and none where one is not. */
function guardedLookup(find: Finder): LookupFunction {
  return (host, { all, family }, answer) => {
    find(host).then(
      (found) => {
        const [first, ...more] = found.filter(
          (one) => !(family === 4 || family === 6) || one.family === family,
        );
        if (!found.every(({ address }) => isPublicAddress(address)))
          answer(new RefusedAddress(`${host} leads into a network that is not public`), "", 0);
        else if (first === undefined)
          answer(Object.assign(new Error("no address"), { code: "ENOTFOUND" }), "", 0);
        else if (all) answer(null, [first, ...more]);
        else answer(null, first.address, first.family);
      },
      (error: NodeJS.ErrnoException) => answer(error, "", 0),
    );
  };
}
