/** What a fan can set up beside waiting, as tests of lines and of draws use it. */
import type { Page } from "playwright-core";
import { buttonOf, wordsOf } from "./fan-page.ts";

/** What a page does to be noticed, noted in place of being heard or seen: run before its own script. */
export const fakeSenses = `
  globalThis.told = [];
  globalThis.AudioContext = class {
    currentTime = 0;
    destination = {};
    async resume() { globalThis.told.push("resume"); }
    async close() {}
    createOscillator() {
      return { frequency: {}, connect: (next) => next, start: () => globalThis.told.push("tone"), stop() {} };
    }
    createGain() {
      return { gain: { setValueAtTime() {}, exponentialRampToValueAtTime() {} }, connect: (next) => next };
    }
  };
  globalThis.Notification = class extends EventTarget {
    static permission = "default";
    static async requestPermission() { return (this.permission = "granted"); }
    constructor(title) { super(); globalThis.told.push("notice: " + title); }
    close() {}
  };
  Object.defineProperty(navigator, "canShare", { value: () => true });
  Object.defineProperty(navigator, "share", {
    value: async ({ url, files }) => void globalThis.told.push("share: " + (url ?? files[0].name)),
  });
  globalThis.print = () => globalThis.told.push("print");
`;

/** What {@link fakeSenses} have noted. */
export function toldTo(page: Page): Promise<string[]> {
  return page.evaluate(() => (globalThis as unknown as { told: string[] }).told);
}

/** As when the fan looks at another tab, and comes back. */
export async function hide(page: Page, isHidden: boolean): Promise<void> {
  await page.evaluate((value) => {
    Object.defineProperty(document, "hidden", { value, configurable: true });
    Object.defineProperty(document, "visibilityState", {
      value: value ? "hidden" : "visible",
      configurable: true,
    });
    document.dispatchEvent(new Event("visibilitychange"));
  }, isHidden);
}

/** The link to another device, made on the page. */
export async function makeLink(page: Page): Promise<string> {
  await wordsOf(page, "Go on with another device").click();
  await buttonOf(page, "Make a link").click();
  const field = page.getByLabel("Link for your other device");
  await field.waitFor();
  return field.inputValue();
}
