/** One server-sent event as it came. */
export interface ReceivedEvent {
  readonly event: string;
  readonly id: string;
  readonly data: Record<string, unknown>;
}

/** What the events that came add up to, as a client merges them. */
export function mergedOf(stream: { readonly all: readonly ReceivedEvent[] }): Record<string, unknown> {
  const merged: Record<string, unknown> = {};
  for (const { data } of stream.all)
    for (const [key, value] of Object.entries(data)) {
      if (key === "reason" && value === null) delete merged[key];
      else merged[key] = value;
    }
  return merged;
}

/** Reads a stream of server-sent events for as long as it goes. */
export async function openStream(url: string, headers: Record<string, string> = {}) {
  const controller = new AbortController();
  const answer = await fetch(url, { headers, signal: controller.signal });
  const all: ReceivedEvent[] = [];
  let text = "";
  const read = async (): Promise<void> => {
    const decoder = new TextDecoder();
    for await (const chunk of answer.body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      const blocks = text.split("\n\n").slice(0, -1);
      all.splice(0, all.length, ...blocks.map(parseEvent).filter((event) => event !== null));
    }
  };
  const ended = read().catch(() => {});
  return {
    answer,
    all,
    ended,
    text: () => text,
    events: async () => all,
    async abort() {
      controller.abort();
      await ended;
    },
  };
}

function parseEvent(block: string): ReceivedEvent | null {
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(block)?.[1] ?? "";
  return field("event") === ""
    ? null
    : { event: field("event"), id: field("id"), data: JSON.parse(field("data")) };
}
