import { execFile, spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Whether such an authority can run here. */
export const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;

/** A time stamp authority of RFC 3161 on this machine: openssl signs, with a certificate of an authority of its own. */
export interface TestAuthority {
  readonly url: string;
  /** The certificate of the authority's authority, PEM. */
  readonly root: string;
  /** The file of it. */
  readonly rootFile: string;
  manner: AuthorityManner;
  stop(): Promise<void>;
}

export type AuthorityManner =
  | "signed"
  /** The answer to another request. */
  | "replayed"
  /** By a clock that may be two hours wrong. */
  | "inexact"
  /** One bit of the signature is another. */
  | "forged"
  /** Refuses in the form of the standard. */
  | "refusing"
  | "broken"
  | "silent"
  | "garbage";

const settings = `
[ req ]
distinguished_name = name
[ name ]
[ root ]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
[ stamps ]
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
[ tsa ]
serial = serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_alg = sha256
[ inexact ]
serial = serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_alg = sha256
accuracy = secs:7199, millisecs:999, microsecs:1
[ refusing ]
serial = serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha512
`;

/** Makes the keys and starts listening. */
export async function startTestAuthority(): Promise<TestAuthority> {
  const folder = await mkdtemp(join(tmpdir(), "stanchion-authority-"));
  const openssl = (command: string): Promise<unknown> =>
    run("openssl", command.split(" "), { cwd: folder, env: { ...process.env, OPENSSL_CONF: "settings" } });
  await writeFile(join(folder, "settings"), settings);
  await writeFile(join(folder, "serial"), "01");
  const key = "-newkey rsa:2048 -nodes -sha256 -days 3650";
  await openssl(`req -x509 ${key} -keyout root.key -out root.pem -subj /CN=Root -extensions root`);
  await openssl(`req ${key} -keyout tsa.key -out tsa.csr -subj /CN=Stamps`);
  const sign = "x509 -req -in tsa.csr -CA root.pem -CAkey root.key -CAcreateserial -days 3650 -sha256";
  await openssl(`${sign} -extfile settings -extensions stamps -out tsa.pem`);
  const reply = async (query: Buffer, section: string): Promise<Buffer> => {
    await writeFile(join(folder, "query"), query);
    const files = "-queryfile query -out reply -signer tsa.pem -inkey tsa.key -chain root.pem";
    await openssl(`ts -reply -config settings -section ${section} ${files}`);
    return readFile(join(folder, "reply"));
  };
  let first: Buffer | undefined;
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", async () => {
      if (authority.manner === "silent") return;
      if (authority.manner === "broken") return void response.writeHead(500).end();
      if (authority.manner === "garbage") return void response.end("no time stamp");
      const { manner } = authority;
      const section = manner === "refusing" || manner === "inexact" ? manner : "tsa";
      const signed = await reply(Buffer.concat(parts), section);
      if (authority.manner === "signed") first ??= signed;
      const sent = Buffer.from(authority.manner === "replayed" ? (first ?? signed) : signed);
      if (authority.manner === "forged") sent[sent.length - 1] = (sent.at(-1) ?? 0) ^ 1;
      response.writeHead(200, { "Content-Type": "application/timestamp-reply" }).end(sent);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const authority: TestAuthority = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    root: await readFile(join(folder, "root.pem"), "utf8"),
    rootFile: join(folder, "root.pem"),
    manner: "signed",
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
  return authority;
}
