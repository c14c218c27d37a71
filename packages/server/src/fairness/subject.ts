import { hash } from "node:crypto";

const subjectHead = Buffer.from("fair-draw-v1/subject\0");
const saltBytes = 16;

/** What stands for an entrant in public, as hex: of 16 bytes that the entrant alone is given and the consumer's id on the wire. */
export function subjectOf(salt: Uint8Array, consumerWireId: string): string {
  const idAt = subjectHead.length + saltBytes;
  const data = Buffer.allocUnsafe(idAt + consumerWireId.length);
  data.set(subjectHead);
  data.set(salt, subjectHead.length);
  data.write(consumerWireId, idAt, "latin1");
  return hash("sha256", data);
}
