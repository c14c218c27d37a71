/** The script of the waiting page. */
import { Stanchion } from "@stanchion/sdk";
import { configElementId, type PageConfig } from "./config.ts";
import { WaitingPage } from "./page.ts";

const config = readConfig();
const stanchion = new Stanchion({ publishableKey: config.publishableKey, baseUrl: "" });
new WaitingPage({ config, stanchion, isPlaceStored: hasStorage(), isArmed: takeJoinWish() });

// The server wrote it, on this very page.
function readConfig(): PageConfig {
  return JSON.parse(document.getElementById(configElementId)?.textContent ?? "") as PageConfig;
}

/** Reads `?join=1` and takes it off the address, so that a reload does not join again. */
function takeJoinWish(): boolean {
  const url = new URL(location.href);
  const isWished = url.searchParams.get("join") === "1";
  if (!isWished) return false;
  url.searchParams.delete("join");
  history.replaceState(history.state, "", url);
  return true;
}

function hasStorage(): boolean {
  const probe = "stanchion:page";
  try {
    localStorage.setItem(probe, "1");
    localStorage.removeItem(probe);
    return true;
  } catch {
    return false;
  }
}
