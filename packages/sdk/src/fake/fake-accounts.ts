import { limits, type SessionTokens } from "@stanchion/contract";
import { randomHex, timeOf } from "./fake-ids.ts";
import { consumerOf, findByEmail, signInAs, startSession } from "./fake-sessions.ts";
import {
  type FakeAccount,
  type FakeConsumer,
  type FakeSession,
  type FakeWorld,
  levelOf,
  newConsumer,
} from "./fake-world.ts";
import { refuse } from "./refusal.ts";

/** Notes whom the shop vouches for, and makes a code by which that person signs in. */
export function vouch(world: FakeWorld, account: FakeAccount, verifiedEmail: string | null) {
  const owner = verifiedEmail === null ? undefined : findByEmail(world, verifiedEmail);
  const holder = [...world.consumers.values()].find(({ accounts }) =>
    accounts.some((one) => nameOf(one) === nameOf(account)),
  );
  // An issuer knows its people apart, so an address links no second account of the same one.
  const linkable = owner?.accounts.some(({ issuer }) => issuer === account.issuer) ? undefined : owner;
  const person = holder ?? linkable ?? newPerson(world);
  if (holder === undefined) person.accounts.push(account);
  if (owner === undefined) person.email ??= verifiedEmail;
  const exchangeCode = randomHex(24);
  const endsAtMs = world.clock.now() + limits.exchangeCodeSeconds * 1_000;
  world.vouched.set(exchangeCode, { consumerId: person.id, endsAtMs });
  const resolution = holder !== undefined ? "existing" : linkable !== undefined ? "linked" : "created";
  return { exchangeCode, expiresAt: timeOf(endsAtMs), resolution };
}

/** Signs in by the code that vouches for an account. */
export function exchangeAccount(world: FakeWorld, code: string, present: FakeSession | null): SessionTokens {
  const vouched = world.vouched.get(code);
  const person = world.consumers.get(vouched?.consumerId ?? "");
  if (vouched === undefined || person === undefined || vouched.endsAtMs <= world.clock.now())
    throw refuse("INVALID_TOKEN", { details: { field: "exchangeCode" } });
  const own = present === null ? null : consumerOf(world, present);
  const wasGuest = own !== null && levelOf(own) === "guest";
  const consumer = signInAs(world, own, person);
  world.vouched.delete(code);
  if (present !== null && (wasGuest || consumer === own)) present.isEnded = true;
  return startSession(world, consumer);
}

function newPerson(world: FakeWorld): FakeConsumer {
  const person = newConsumer(world);
  person.awaitsPerson = true;
  return person;
}

function nameOf({ provider, issuer, subject }: FakeAccount): string {
  return JSON.stringify([provider, issuer, subject]);
}
