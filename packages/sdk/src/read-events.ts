import type { StreamEnd, StreamObserver } from "./news-stream.ts";
import { EventParser } from "./server-sent-events.ts";
import type { News, Topic } from "./topic.ts";

/** Reads the events of a stream: all of the news, and then what changes of them. */
export async function readEvents<N extends News>(
  body: ReadableStream<Uint8Array>,
  topic: Topic<N>,
  observer: StreamObserver<N>,
  hear: () => void,
): Promise<StreamEnd> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const parser = new EventParser();
  let news: N | null = null;
  for (;;) {
    hear();
    observer.onAlive();
    const { value, done } = await reader.read();
    if (done) return { reason: "ended", retryMs: parser.retryMs };
    for (const { event, data } of parser.push(decoder.decode(value, { stream: true }))) {
      if (event === "busy" || event === "goodbye") return { reason: event, retryMs: parser.retryMs };
      const next: N | null = newsAfter(topic, news, event, data);
      if (next !== null && next !== news) observer.onNews(next, news !== null);
      news = next;
    }
  }
}

function newsAfter<N extends News>(topic: Topic<N>, news: N | null, event: string, data: string): N | null {
  const isWhole = event === topic.event;
  if (!isWhole && (event !== "change" || news === null)) return news;
  const body: unknown = JSON.parse(data);
  return topic.read(isWhole ? body : mergeChange(news, body), news) ?? news;
}

/** What is so after a change of some members; a member that is null has gone. */
export function mergeChange(news: News | null, change: unknown): object {
  const merged = Object.entries(Object.assign({}, news, change)).filter(([, value]) => value !== null);
  return Object.fromEntries(merged);
}
