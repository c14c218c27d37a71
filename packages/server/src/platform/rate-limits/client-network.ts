import { isIPv4, isIPv6 } from "node:net";

/**
 * What a client is counted by: an IPv4 address as it is, an IPv6 address by its /64, since one client has all of that.
 * A port that a proxy has added counts for nothing. What is no address is `unknown`: all such clients share their counts.
 */
export function clientNetwork(address: string): string {
  if (isIPv4(address)) return address;
  const bare = withoutPort(address);
  if (isIPv4(bare)) return bare;
  if (!isIPv6(bare)) return "unknown";
  const groups = groupsOf(bare);
  return mappedIPv4(groups) ?? groups.slice(0, 4).map(hex).join(":");
}

/** `192.0.2.7:80` and `[2001:db8::1]:80` are written by some proxies. */
function withoutPort(address: string): string {
  const [, bracketed] = /^\[([^\]]+)\](?::\d{1,5})?$/.exec(address) ?? [];
  if (bracketed !== undefined) return bracketed;
  const [, ofPort] = /^([\d.]+):\d{1,5}$/.exec(address) ?? [];
  return ofPort ?? address;
}

/** The eight groups of a valid IPv6 address. */
function groupsOf(address: string): number[] {
  const [plain = ""] = address.split("%");
  const [head = "", tail] = plain.split("::");
  const before = readGroups(head);
  if (tail === undefined) return before;
  const after = readGroups(tail);
  return [...before, ...Array<number>(Math.max(0, 8 - before.length - after.length)).fill(0), ...after];
}

function readGroups(text: string): number[] {
  if (text === "") return [];
  return text.split(":").flatMap((group) => {
    if (!group.includes(".")) return [Number.parseInt(group, 16)];
    // An IPv4 address at the end stands for two groups.
    const [a = 0, b = 0, c = 0, d = 0] = group.split(".").map(Number);
    return [a * 256 + b, c * 256 + d];
  });
}

/** An IPv4 client as a socket for both families names it. */
function mappedIPv4(groups: readonly number[]): string | null {
  const [high = 0, low = 0] = groups.slice(6);
  const isMapped = groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0);
  return isMapped ? `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}` : null;
}

function hex(group: number): string {
  return group.toString(16);
}
