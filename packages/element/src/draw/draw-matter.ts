/** A draw as the matter of a room. */
import type { Stanchion } from "@stanchion/sdk";
import type { Matter } from "../room.ts";
import { makeCarryLink, offerOf } from "../take-over.ts";
import { drawSpeech } from "./draw-speech.ts";
import { canEnter, type DrawScene, type DrawState } from "./draw-state.ts";
import { drawViewOf } from "./draw-view.ts";

/** What it stands on. */
export interface DrawInput {
  readonly stanchion: Stanchion;
  readonly drawId: string;
  readonly drawName: string;
  readonly checkoutUrl: string | null;
  /** Of the server; "" is the page's own origin. */
  readonly baseUrl: string;
  readonly isPlaceStored: boolean;
  /** Shall it enter without a click? */
  readonly isArmed: boolean;
  /** By which another device's entry can be gone on with here; null: none was brought. */
  readonly carryCode: string | null;
  /** The module of what else a fan can set up. */
  readonly extrasHref: string;
}

const scenesWithFacts: ReadonlySet<DrawScene> = new Set(["scheduled", "open", "entered", "full"]);

export function drawMatter(input: DrawInput): Matter<DrawState, DrawScene> {
  const { stanchion, drawId, ...known } = input;
  const { draws } = stanchion;
  const watch = draws.watch(drawId);
  return {
    watch,
    start: {
      drawName: known.drawName,
      checkoutUrl: known.checkoutUrl,
      baseUrl: known.baseUrl,
      isPlaceStored: known.isPlaceStored,
      isArmed: known.isArmed,
      offer: offerOf({ ...input, plainPath: null }),
      words: drawSpeech.silent(),
      snapshot: watch.snapshot,
      draw: null,
      work: null,
      isLeaveAsked: false,
      actionFailure: null,
      watchFailure: null,
    },
    // How many win and how many it takes does not come with the news.
    needsFacts: ({ draw }, scene) => draw === null && scenesWithFacts.has(scene),
    readFacts: async () => ({ draw: await draws.get(drawId) }),
    viewOf: drawViewOf,
    canJoin: canEnter,
    enter: (waitForOpening) => draws.enter(drawId, { waitForOpening }),
    leave: () => draws.leave(drawId),
    carry: {
      stanchion,
      extrasHref: input.extrasHref,
      mailQueueId: null,
      takeOver: () => stanchion.auth.takeOver(input.carryCode ?? ""),
      makeLink: () => makeCarryLink(stanchion),
    },
    renew: () => draws.status(drawId),
  };
}
