import { encodeId, type IdKind } from "@stanchion/contract";

const kinds: Readonly<Record<string, IdKind>> = {
  entryId: "entry",
  queueId: "queue",
  drawId: "draw",
  consumerId: "consumer",
  // What has no other id is the draw itself.
  id: "draw",
};

/** What the database itself has noted of an event, with its ids as the wire has them. */
export function withWireIds(data: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { admission, ...rest } = data;
  const members = Object.entries(rest).map(([name, value]) => {
    const kind = kinds[name];
    return [name, kind === undefined ? value : encodeId(kind, String(value))];
  });
  if (admission === undefined) return Object.fromEntries(members);
  const { id, ...more } = admission as { id: string };
  return { ...Object.fromEntries(members), admission: { id: encodeId("admission", id), ...more } };
}
