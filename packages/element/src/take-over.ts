/** Places that move: to another device by a link, and from the page without a script to this one. */
import type { Stanchion } from "@stanchion/sdk";
import type { Offer } from "./page-state.ts";
import { readStored, store } from "./stored.ts";

const carryParameter = "carry";

/** The places that were offered and wait for the fan's answer, however often the page changes the element meanwhile. */
export class OpenOffers {
  #carryCode: string | null = null;
  #isPlainSettled = false;

  /** What is to be offered. `plainPath`: of the page without a script that has a place. */
  read(plainPath: string | null): { carryCode: string | null; plainPath: string | null } {
    this.#carryCode = takeCarryCode() ?? this.#carryCode;
    return { carryCode: this.#carryCode, plainPath: this.#isPlainSettled ? null : plainPath };
  }

  settle(offer: Offer): void {
    if (offer === "link") this.#carryCode = null;
    else this.#isPlainSettled = true;
  }
}

/** Has a link brought a code? */
export function hasCarryCode(): boolean {
  return readCarryCode() !== null;
}

/** The code that this browser has made last: its own link, opened here, moves nothing. */
const ownCodeKey = "stanchion:carry";

function readCarryCode(): string | null {
  return new URLSearchParams(location.hash.slice(1)).get(carryParameter);
}

/** Takes a code off the address, behind the #, where a link has brought one: it is nobody else's to see. */
function takeCarryCode(): string | null {
  const code = readCarryCode();
  if (code === null) return null;
  history.replaceState(history.state, "", location.pathname + location.search);
  return code === readStored(ownCodeKey) ? null : code;
}

/** A link was opened on purpose; what is here from before waits its turn. */
export function offerOf(from: {
  readonly carryCode: string | null;
  readonly plainPath: string | null;
}): Offer | null {
  if (from.carryCode !== null) return "link";
  return from.plainPath === null ? null : "plain";
}

/** What the other device opens: this very page. */
export async function makeCarryLink({ auth }: Stanchion): Promise<string> {
  const { carryCode } = await auth.carry();
  const url = new URL(location.href);
  store(ownCodeKey, carryCode);
  url.hash = `${carryParameter}=${carryCode}`;
  return url.href;
}

/** The page without a script hands its session over, and forgets it when it has arrived. */
export async function takePlainPlace({ auth }: Stanchion, plainPath: string): Promise<void> {
  const carryCode = await askPlainPage(plainPath);
  if (carryCode === null) {
    // It says what is wrong, and the place is there still.
    location.assign(plainPath);
    return;
  }
  await auth.takeOver(carryCode);
  await fetch(`${plainPath}/forget`, { method: "POST" }).catch(() => {});
}

async function askPlainPage(plainPath: string): Promise<string | null> {
  try {
    const answer = await fetch(`${plainPath}/carry`, { method: "POST" });
    const { carryCode }: { carryCode?: string } = await answer.json();
    return carryCode ?? null;
  } catch {
    return null;
  }
}
