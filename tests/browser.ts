/** Starts the browser that the tests of the pages use: a Chromium that comes as an npm package and needs no network. */
import chromium from "@sparticuz/chromium";
import { type Browser, chromium as playwright } from "playwright-core";

const launchMsMax = 60_000;

/** A headless Chromium of its own; whoever asked closes it. */
export async function launchBrowser(): Promise<Browser> {
  return playwright.launch({
    executablePath: await chromium.executablePath(),
    args: chromium.args.filter((argument) => !isForLambdas(argument)),
    headless: true,
    timeout: launchMsMax,
  });
}

// One process dies with its page, and a test must not pass because the browser's own protections are off.
function isForLambdas(argument: string): boolean {
  return (
    argument.startsWith("--headless") ||
    [
      "--single-process",
      "--no-zygote",
      "--disable-web-security",
      "--allow-running-insecure-content",
    ].includes(argument)
  );
}
