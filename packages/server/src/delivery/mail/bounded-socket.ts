import type { Socket } from "node:net";
import { Duplex } from "node:stream";

/** Said of a peer that talks without end. */
export class TooMuchReceived extends Error {
  constructor(receivedBytesMax: number) {
    super(`the peer has sent more than ${receivedBytesMax} bytes`);
    this.name = "TooMuchReceived";
  }
}

/**
 * A connected socket that breaks when it has received so many bytes in all, so that whoever reads from it needs no bound
 * of its own. TLS can be put on top of it.
 */
export class BoundedSocket extends Duplex {
  readonly #socket: Socket;
  #receivedBytes = 0;

  constructor(socket: Socket, receivedBytesMax: number) {
    super({ allowHalfOpen: true });
    this.#socket = socket;
    socket.on("data", (chunk: Buffer) => {
      this.#receivedBytes += chunk.length;
      if (this.#receivedBytes > receivedBytesMax) this.destroy(new TooMuchReceived(receivedBytesMax));
      else if (!this.push(chunk)) socket.pause();
    });
    socket.on("end", () => this.push(null));
    socket.on("error", (error) => this.destroy(error));
    socket.on("close", () => this.destroy());
  }

  /** As a net.Socket has it; the limits of time are kept by the session as a whole. */
  setTimeout(_ms: number): this {
    return this;
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#socket.write(chunk, done);
  }

  override _final(done: () => void): void {
    this.#socket.end(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#socket.destroy();
    done(error);
  }
}
