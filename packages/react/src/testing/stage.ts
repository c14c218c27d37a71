import type { Stanchion } from "@stanchion/sdk";
import { act, createElement, type ReactNode } from "react";
import { createRoot, type Root } from "react-dom/client";
import { vi } from "vitest";
import {
  boardWith,
  clientOf,
  entryWith,
  FakeServer,
  json,
  queueId,
} from "../../../sdk/src/testing/fake-server.ts";
import { settle } from "../../../sdk/src/testing/fake-time.ts";
import { StanchionProvider } from "../stanchion-provider.ts";

/** A page with a client of the fake server: what components are shown on, and what time passes for. */
export class Stage {
  readonly server = new FakeServer()
    .on(`POST /queues/${queueId}/enter`, () => json(201, entryWith()))
    .on(`POST /queues/${queueId}/leave`, () => json(200, entryWith({ status: "LEFT" })))
    .on(`GET /queues/${queueId}/status`, () => json(200, entryWith()))
    .on(`GET /queues/${queueId}/now-serving`, () => json(200, boardWith()));
  readonly client: Stanchion;
  readonly element: HTMLElement = document.body.appendChild(document.createElement("div"));
  #root: Root | null = null;

  constructor() {
    Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date"] });
    vi.setSystemTime(Date.UTC(2026, 0, 1));
    this.client = clientOf(this.server);
  }

  get text(): string {
    return this.element.textContent ?? "";
  }

  get streamsOpen(): number {
    return this.server.streams.filter(({ isClosed }) => !isClosed).length;
  }

  inProvider(page: ReactNode): ReactNode {
    return createElement(StanchionProvider, { client: this.client }, page);
  }

  /** Shows the page, in place of the one before, below a provider. */
  async show(page: ReactNode): Promise<void> {
    this.#root ??= createRoot(this.element);
    const root = this.#root;
    await this.letPass(0, () => root.render(this.inProvider(page)));
  }

  takeRoot(root: Root): void {
    this.#root = root;
  }

  /** Does something, and lets time pass with everything that comes of it. */
  async letPass(ms: number, first: () => unknown = () => {}): Promise<void> {
    await act(async () => {
      first();
      await settle();
      await vi.advanceTimersByTimeAsync(ms);
      await settle();
    });
  }

  async sendBoard(members: Parameters<typeof boardWith>[0]): Promise<void> {
    await this.letPass(0, () => this.server.stream.send("board", boardWith(members)));
  }

  button(name: string | RegExp): HTMLElement {
    const found = [...this.element.querySelectorAll("button")].find((one) =>
      typeof name === "string" ? one.textContent === name : name.test(one.textContent ?? ""),
    );
    if (found === undefined) throw new Error(`There is no button ${name} in: ${this.text}`);
    return found;
  }

  async press(name: string | RegExp): Promise<void> {
    await this.letPass(0, () => this.button(name).click());
  }

  async clear(): Promise<void> {
    await this.letPass(0, () => this.#root?.unmount());
    this.#root = null;
  }

  async end(): Promise<void> {
    await this.clear();
    this.element.remove();
    vi.useRealTimers();
  }
}
