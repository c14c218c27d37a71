import { checkReceipt, checkStatement, type Jwks, type Receipt } from "@stanchion/verify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { canonicalJson } from "../platform/canonical-json.ts";
import { createLog } from "../platform/log.ts";
import { createSecrets } from "../platform/secrets.ts";
import { openSigningKeys, rotateSigningKeys, type SigningKeys } from "../platform/signing-keys/index.ts";
import { createTestDatabase, type TestDatabase } from "../testing/index.ts";
import { emptyRoot } from "./merkle-tree.ts";
import { makeReceipts } from "./receipts.ts";
import { signStatement } from "./statement.ts";

const secrets = createSecrets("a secret of the tests, long enough to be one");
const nowMs = Date.parse("2027-03-01T10:00:00.123Z");

// Of the vectors: the salt and the consumer make the subject.
const salt = "08bf44d3fe5d8b9d5ed89dd42a517945";
const body = {
  subject: "682d17aa44569a53e3690fe346ac05609f36e5f4d9537527c955150c0886c3c4",
  consumerId: "cons_2dwbbtc084b6bqd4g928fy7bch",
  distributionId: "draw_12msesnaxm6y1x6c7f10p0b0cc",
  enteredAt: "2027-03-01T10:00:00.123Z",
  entryId: "ent_7rhf4abyx7dsp0n6cgh0kqj0s1",
  level: "guest",
  rulesHash: "fe9358a9729b1cb59eadcc482b50060c68aeb9b5a07c8fdd1ed6da3dfb3c9fe6",
};
const groupOf = (size: number) =>
  Array.from({ length: size }, (_, index) => ({ body: { ...body, number: index + 1 }, salt }));

describe("receipts", () => {
  let db: TestDatabase;
  let keys: SigningKeys;
  const jwks = (): Jwks => JSON.parse(keys.jwks);
  const head = { size: 41, root: emptyRoot };
  const receiptsOf = (size: number): (Receipt & { readonly body: { readonly number: number } })[] => {
    const texts = groupOf(size).map(({ body, salt }) => ({ body: canonicalJson(body), salt }));
    return makeReceipts(keys, texts, head, nowMs).map((text) => JSON.parse(text));
  };
  beforeAll(async () => {
    db = await createTestDatabase();
    keys = await openSigningKeys(db.database, secrets, createLog("silent"));
  });
  afterAll(async () => {
    keys.close();
    await db.drop();
  });

  it.each([1, 2, 3, 5, 8, 13, 100])("of a group of %i hold, each by itself", (size) => {
    const receipts = receiptsOf(size);
    expect(receipts.map(({ body }) => body.number)).toEqual(groupOf(size).map(({ body }) => body.number));
    for (const receipt of receipts)
      expect(checkReceipt(receipt, jwks()).map(({ step, holds }) => [step, holds])).toEqual([
        ["subject", true],
        ["signature", true],
        ["group", true],
      ]);
  });

  it("hold for nothing else than what they say", () => {
    const [receipt] = receiptsOf(5);
    const changed: Receipt = { ...receipt, body: { ...body, number: 2 } } as Receipt;
    expect(checkReceipt(changed, jwks()).find(({ holds }) => !holds)?.step).toBe("group");
  });

  it("tell of the log as the group saw it", () => {
    const [receipt] = receiptsOf(3);
    const signed = checkStatement(receipt?.signature ?? "", "receipt+jws", jwks());
    expect(signed).toMatchObject({
      holds: true,
      statement: { logHead: emptyRoot.toString("hex"), logSize: 41, size: 3 },
    });
  });

  it("of nobody are none, and nothing is signed", () => {
    expect(makeReceipts(keys, [], head, nowMs)).toEqual([]);
  });

  it("still hold when their key was retired years ago", async () => {
    const [receipt] = receiptsOf(1);
    await rotateSigningKeys(db.database, secrets, "fairness");
    await db.query(
      "update signing_keys set retired_at = now() - interval '3 years' where retired_at is not null",
    );
    await keys.refresh();
    expect(checkReceipt(receipt as Receipt, jwks()).every(({ holds }) => holds)).toBe(true);
  });
});

describe("a statement", () => {
  it("is of one type, and its key signs no admission", async () => {
    const db = await createTestDatabase();
    const keys = await openSigningKeys(db.database, secrets, createLog("silent"));
    const now = Date.now();
    const jws = signStatement(keys, "freeze+jws", { b: [null, "x"], a: 1 }, now);
    const [header = "", payload = ""] = jws
      .split(".")
      .map((part) => Buffer.from(part, "base64url").toString());
    const { keyId } = keys.fairness.current(now);
    expect([header, payload]).toEqual([
      `{"alg":"EdDSA","kid":"${keyId}","typ":"freeze+jws"}`,
      '{"a":1,"b":[null,"x"]}',
    ]);
    const jwks: Jwks = JSON.parse(keys.jwks);
    expect(checkStatement(jws, "freeze+jws", jwks)).toMatchObject({ holds: true });
    expect(checkStatement(jws, "log+jws", jwks)).toMatchObject({ holds: false });
    expect(keys.admission.verifier(keyId)).toBeNull();
    keys.close();
    await db.drop();
  });
});
