import { connect, type Socket } from "node:net";
import SMTPConnection from "nodemailer/lib/smtp-connection";
import { BoundedSocket } from "./bounded-socket.ts";
import { mailLimits } from "./mail-limits.ts";
import { isLoopback, type SmtpServer } from "./mail-settings.ts";

export interface Envelope {
  readonly from: string;
  readonly to: string;
}

type Done = (error?: Error | null) => void;

/** One connection to the provider: opened with its first mail, good for several, and gone at once when it is aborted. */
export class SmtpSession {
  readonly #server: SmtpServer;
  readonly #socket: Socket;
  readonly #lost = Promise.withResolvers<never>();
  #connection: SMTPConnection | null = null;
  #lossReason: Error | null = null;
  #mailsSent = 0;
  #isHandingOver = false;

  constructor(server: SmtpServer) {
    this.#server = server;
    this.#lost.promise.catch(() => {});
    this.#socket = connect({ host: server.host, port: server.port });
    this.#socket.on("error", (error) => this.abort(Object.assign(error, { command: "CONN" })));
    this.#socket.on("close", () => this.abort(new Error("the connection was closed")));
  }

  /** May another mail go over it? */
  get isGood(): boolean {
    return this.#lossReason === null && this.#mailsSent < mailLimits.mailsPerConnectionMax;
  }

  /** Is a mail itself under way, so that nobody but the provider knows what becomes of it? */
  get isHandingOver(): boolean {
    return this.#isHandingOver;
  }

  async deliver(envelope: Envelope, message: Buffer): Promise<void> {
    const connection = this.#connection ?? (await this.#open());
    this.#isHandingOver = true;
    await this.#step((done) =>
      connection.send({ from: envelope.from, to: [envelope.to], size: message.length }, message, done),
    );
    this.#isHandingOver = false;
    this.#mailsSent += 1;
    await this.#refuseSurplus();
  }

  /** Replies that nobody asked for: what was taken for the acceptance of the mail may be no answer to it. */
  async #refuseSurplus(): Promise<void> {
    // The library looks at what else has come in a turn of its own.
    await new Promise((resolve) => setImmediate(resolve));
    if (isProtocolFault(this.#lossReason)) throw this.#lossReason;
  }

  /** Gone now, whatever is under way: that fails with this reason. */
  abort(reason: Error): void {
    if (this.#lossReason !== null) return;
    this.#lossReason = reason;
    this.#lost.reject(reason);
    this.#connection?.close();
    this.#socket.destroy();
  }

  /** Says goodbye, and does not wait long for the answer. */
  async end(): Promise<void> {
    if (this.#lossReason !== null) return;
    const patience = setTimeout(() => this.abort(new Error("ended")), mailLimits.farewellMs);
    this.#connection?.quit();
    await this.#lost.promise.catch(() => {});
    clearTimeout(patience);
  }

  async #open(): Promise<SMTPConnection> {
    const { host, port, isTlsFromStart, login } = this.#server;
    await this.#step((done) => this.#socket.once("connect", () => done()));
    const longerThanAllMs = mailLimits.deadlineMsMax * 2;
    const connection = new SMTPConnection({
      host,
      port,
      secure: isTlsFromStart,
      // A password goes over the network under TLS or not at all.
      requireTLS: !isTlsFromStart && login !== null && !isLoopback(host),
      tls: { rejectUnauthorized: isTlsFromStart || !isLoopback(host) },
      connection: asSocket(new BoundedSocket(this.#socket, mailLimits.receivedBytesMax)),
      maxResponseSize: mailLimits.replyBytesMax,
      socketCloseTimeout: 0,
      // One limit holds for everything; the session's owner keeps it.
      connectionTimeout: longerThanAllMs,
      greetingTimeout: longerThanAllMs,
      socketTimeout: longerThanAllMs,
    });
    this.#connection = connection;
    connection.on("error", (error: Error) => this.abort(error));
    connection.on("end", () => this.abort(new Error("the connection was ended")));
    await this.#step((done) => connection.connect(done));
    if (login !== null)
      await this.#step((done) => connection.login({ user: login.user, pass: login.password }, done));
    return connection;
  }

  /** Waits for one step, or for the loss of the connection. */
  async #step(run: (done: Done) => void): Promise<void> {
    const step = new Promise<void>((resolve, reject) => {
      if (this.#lossReason === null) run((error) => (error ? reject(error) : resolve()));
    });
    await Promise.race([step, this.#lost.promise]);
  }
}

function isProtocolFault(reason: Error | null): reason is Error {
  return reason !== null && "code" in reason && reason.code === "EPROTOCOL";
}

/** The library takes its connection for a net.Socket; of that it uses what a Duplex has, and `setTimeout`. */
function asSocket(socket: BoundedSocket): Socket {
  return socket as unknown as Socket;
}
