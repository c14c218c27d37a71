import type { Case } from "./case.ts";
import type { Shop } from "./stage.ts";

/** What an organization needs whose calls are to be refused all the time. */
export const refusedLimits = Object.fromEntries(
  ["guest", "entry", "general", "webhook"].map((name) => [name, { limit: 1, windowSeconds: 86_000 }]),
);

/** Refused calls of each way to be counted, and the guest whose every call is counted in the store. */
export function makeRefusedCases(options: {
  /** Of an organization with {@link refusedLimits}. */
  shop: Shop;
  /** Of one with wide limits. */
  wideShop: Shop;
  accessToken: string;
  queueId: string;
  portOf(isShared: boolean): number;
  hasStore: boolean;
}): Case[] {
  const { shop, wideShop, accessToken, queueId, portOf, hasStore } = options;
  const head = (method: string, target: string, headers: string): string =>
    `${method} ${target} HTTP/1.1\r\nHost: 127.0.0.1\r\n${headers}\r\n`;
  const key = `X-Publishable-Key: ${shop.publishableKey}\r\n`;
  const texts: [name: string, text: string][] = [
    [
      "refused, secret key",
      head("GET", "/api/v1/experiences", `Authorization: Bearer ${shop.secretKey}\r\n`),
    ],
    ["refused, guest", head("POST", "/api/v1/auth/guest", `${key}Content-Length: 0\r\n`)],
    [
      "refused, enter",
      head(
        "POST",
        `/api/v1/queues/${queueId}/enter`,
        `${key}Authorization: Bearer ${accessToken}\r\nContent-Length: 0\r\n`,
      ),
    ],
  ];
  const refused = (isShared: boolean): Case[] =>
    texts.map(([name, text]) => ({
      name: isShared ? `${name}, shared` : name,
      port: "api",
      expected: "429",
      isShared,
      requestOf: () => text,
      asked: text.replace(/ \S+ /, " /bare "),
      before: () => useUp(portOf(isShared), text),
    }));
  const guest = head(
    "POST",
    "/api/v1/auth/guest",
    `X-Publishable-Key: ${wideShop.publishableKey}\r\nContent-Length: 0\r\n`,
  );
  return [
    ...refused(false),
    ...(hasStore
      ? [
          ...refused(true),
          {
            name: "guest, counted in the store",
            port: "api",
            expected: "201",
            isShared: true,
            requestOf: () => guest,
          } as const,
        ]
      : []),
  ];
}

/** Calls as the text does until it is refused. */
async function useUp(port: number, text: string): Promise<void> {
  const [line = "", ...lines] = text.trimEnd().split("\r\n");
  const [method = "", target = ""] = line.split(" ");
  const headers = Object.fromEntries(
    lines.map((one) => one.split(": ")).filter(([name]) => name !== "Host" && name !== "Content-Length") as [
      string,
      string,
    ][],
  );
  for (let call = 0; call < 10; call += 1) {
    const answer = await fetch(`http://127.0.0.1:${port}${target}`, { method, headers });
    await answer.arrayBuffer();
    if (answer.status === 429) return;
  }
  throw new Error(`${line} is never refused`);
}
