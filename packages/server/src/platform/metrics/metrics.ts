import { monitorEventLoopDelay } from "node:perf_hooks";
import { PrometheusExporter, PrometheusSerializer } from "@opentelemetry/exporter-prometheus";
import { MeterProvider } from "@opentelemetry/sdk-metrics";

/** What the process counts about itself, for /metrics. */
export interface Metrics {
  noteAnswer(operation: string, status: number, seconds: number, code: string | null): void;
  /** A value that is asked for when it is scraped. */
  gauge(name: string, description: string, read: () => number): void;
  counter(name: string, description: string): { add(count: number): void };
  /** The Prometheus text format. */
  render(): Promise<string>;
  close(): Promise<void>;
}

// Upper bounds in seconds.
const latencyBounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

interface OperationTally {
  readonly counts: Map<string, { status: number; code: string | null; count: number }>;
  readonly buckets: Float64Array;
  sum: number;
  total: number;
}

export function createMetrics(): Metrics {
  const exporter = new PrometheusExporter({ preventServerStart: true, withoutTargetInfo: true });
  const provider = new MeterProvider({ readers: [exporter] });
  const meter = provider.getMeter("stanchion");
  const serializer = new PrometheusSerializer();
  const tallies = new Map<string, OperationTally>();
  const delay = monitorEventLoopDelay({ resolution: 20 });
  delay.enable();

  // Answers are tallied in plain numbers and handed over when scraped: on the hot path that costs a tenth of a recorded histogram.
  const answers = meter.createObservableCounter("stanchion_answers_total", {
    description: "Answers by operation, status and error code",
  });
  answers.addCallback((result) => {
    for (const [operation, tally] of tallies)
      for (const { status, code, count } of tally.counts.values())
        result.observe(count, { operation, status: String(status), ...(code === null ? {} : { code }) });
  });
  const seconds = meter.createObservableCounter("stanchion_answer_seconds_bucket", {
    description: "Answers that took at most le seconds",
  });
  seconds.addCallback((result) => {
    for (const [operation, tally] of tallies) {
      let below = 0;
      for (const [index, bound] of latencyBounds.entries()) {
        below += tally.buckets[index] ?? 0;
        result.observe(below, { operation, le: String(bound) });
      }
      result.observe(tally.total, { operation, le: "+Inf" });
    }
  });
  meter
    .createObservableGauge("stanchion_event_loop_delay_seconds", {
      description: "p99 of the event loop's delay since the last scrape",
    })
    .addCallback((result) => {
      result.observe(delay.percentile(99) / 1e9);
      delay.reset();
    });
  meter
    .createObservableGauge("stanchion_resident_memory_bytes", {
      description: "Resident memory of the process",
    })
    .addCallback((result) => result.observe(process.memoryUsage.rss()));

  return {
    noteAnswer(operation, status, tookSeconds, code) {
      const tally = tallies.get(operation) ?? {
        counts: new Map(),
        buckets: new Float64Array(latencyBounds.length),
        sum: 0,
        total: 0,
      };
      if (tally.total === 0) tallies.set(operation, tally);
      const key = code ?? String(status);
      const counted = tally.counts.get(key);
      if (counted === undefined) tally.counts.set(key, { status, code, count: 1 });
      else counted.count += 1;
      tally.total += 1;
      tally.sum += tookSeconds;
      let bucket = 0;
      while (tookSeconds > (latencyBounds[bucket] ?? Number.POSITIVE_INFINITY)) bucket += 1;
      if (bucket < latencyBounds.length) tally.buckets[bucket] = (tally.buckets[bucket] ?? 0) + 1;
    },
    gauge(name, description, read) {
      meter.createObservableGauge(name, { description }).addCallback((result) => result.observe(read()));
    },
    counter: (name, description) => {
      let value = 0;
      meter.createObservableCounter(name, { description }).addCallback((result) => result.observe(value));
      return {
        add(count) {
          value += count;
        },
      };
    },
    async render() {
      const { resourceMetrics } = await exporter.collect();
      return serializer.serialize(resourceMetrics);
    },
    async close() {
      delay.disable();
      await provider.shutdown();
    },
  };
}
