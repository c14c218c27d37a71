import { promisify } from "node:util";
import { brotliCompress } from "node:zlib";

/** The Brotli form of a file. */
export type Brotli = () => Promise<Buffer>;

/** Made when it is first asked for, once: a tenth of a second that a process which shows no page does not spend. */
export function brotliOf(body: Buffer): Brotli {
  let made: Promise<Buffer> | null = null;
  return () => {
    made ??= promisify(brotliCompress)(body);
    return made;
  };
}
