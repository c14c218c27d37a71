/** A line as the matter of a room. */
import type { PublicQueue, Stanchion } from "@stanchion/sdk";
import { silentWords } from "./load-words.ts";
import { canJoin, type PageState, type Scene } from "./page-state.ts";
import type { Matter } from "./room.ts";
import { makeCarryLink, offerOf, takePlainPlace } from "./take-over.ts";
import { viewOf } from "./view.ts";

/** What they show depends on when the line opens, or joining does. */
const scenesBeforeOpening: ReadonlySet<Scene> = new Set(["scheduled", "early", "before-opening"]);

/** What it stands on. */
export interface LineInput {
  readonly stanchion: Stanchion;
  readonly queueId: string;
  readonly queueName: string;
  readonly checkoutUrl: string | null;
  /** Of the server; "" is the page's own origin. */
  readonly baseUrl: string;
  readonly isPlaceStored: boolean;
  /** Shall it join without a click? */
  readonly isArmed: boolean;
  /** By which another device's place can be gone on with here; null: none was brought. */
  readonly carryCode: string | null;
  /** The module of what else a fan can set up. */
  readonly extrasHref: string;
  /** The page without a script that has a place of this browser's; null: none has. */
  readonly plainPath: string | null;
  /** "off": it offers no mail at the turn; null: it does where the queue says that its mails lead to this site; else always. */
  readonly turnMail: string | null;
}

export function lineMatter(input: LineInput): Matter<PageState, Scene> {
  const { stanchion, queueId, ...known } = input;
  const { queues } = stanchion;
  const watch = queues.watch(queueId);
  let read: PublicQueue | null = null;
  const readQueue = async (): Promise<PublicQueue> => {
    read = await queues.get(queueId);
    return read;
  };
  return {
    watch,
    start: {
      queueName: known.queueName,
      checkoutUrl: known.checkoutUrl,
      baseUrl: known.baseUrl,
      isPlaceStored: known.isPlaceStored,
      isArmed: known.isArmed,
      offer: offerOf(input),
      words: silentWords(),
      snapshot: watch.snapshot,
      queue: null,
      work: null,
      isLeaveAsked: false,
      actionFailure: null,
      watchFailure: null,
    },
    // When it opens and how many it takes does not come with the board.
    needsFacts({ queue }, scene) {
      const isOfUse = scene === "open" || scene === "loading" || scene === "drawing" || scene === "problem";
      return scenesBeforeOpening.has(scene) || (queue === null && isOfUse);
    },
    readFacts: async () => ({ queue: await readQueue() }),
    viewOf,
    canJoin,
    enter: (waitForOpening) => queues.enter(queueId, { waitForOpening }),
    leave: () => queues.leave(queueId),
    carry: {
      stanchion,
      extrasHref: input.extrasHref,
      mailQueueId: input.turnMail === "off" ? null : queueId,
      // What was read before joining is not asked for again: all who join would.
      readMailPage: input.turnMail === null ? async () => (read ?? (await readQueue())).pageUrl : undefined,
      takeOver: (offer) =>
        offer === "link"
          ? stanchion.auth.takeOver(input.carryCode ?? "")
          : takePlainPlace(stanchion, input.plainPath ?? ""),
      makeLink: () => makeCarryLink(stanchion),
    },
    renew: () => queues.status(queueId),
  };
}
