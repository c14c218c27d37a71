import { hash } from "node:crypto";

const subjectHead = Buffer.from("fair-draw-v1/subject\0");
const saltBytes = 16;

const saltAt = subjectHead.length;
const idAt = saltAt + saltBytes;

/** For all: ids on the wire are of one length, and everybody who enters needs it for the time of a hash. */
let data = subjectHead;

/**
 * What stands for an entrant in public, as hex.
 *
 * @param salt 16 bytes that the entrant alone is given, as hex
 */
export function subjectOf(salt: string, consumerWireId: string): string {
  if (data.length !== idAt + consumerWireId.length)
    data = Buffer.concat([subjectHead], idAt + consumerWireId.length);
  data.write(salt, saltAt, "hex");
  data.write(consumerWireId, idAt, "latin1");
  return hash("sha256", data);
}
