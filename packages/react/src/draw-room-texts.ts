import type { DrawPhase } from "@stanchion/sdk";
import type { RoomTexts } from "./room-texts.ts";
import { waitingRoomTexts } from "./waiting-room-texts.ts";

/** Every word that a {@link DrawRoom} says by itself; give your own for another language. */
export interface DrawRoomTexts extends RoomTexts {
  /** Said first, and to screen readers whenever it changes. */
  readonly headlines: Readonly<Record<DrawPhase | "scheduled" | "closed" | "drawn" | "mayStillWin", string>>;
  /** Of who has won. */
  readonly giveUp: string;
  /** How many are in the draw. */
  readonly entries: (count: number) => string;
  readonly closes: (at: Date) => string;
  readonly draws: (at: Date) => string;
  /** When a winner's time to buy begins. */
  readonly turnBegins: (at: Date) => string;
}

const formatTime = (at: Date): string => at.toLocaleString("en", { dateStyle: "medium", timeStyle: "short" });

/** The words of a draw's room for which none are given: English, with times in the fan's own time zone. */
export const drawRoomTexts: DrawRoomTexts = {
  room: "Draw",
  headlines: {
    loading: "Looking for your entry …",
    outside: "You are not in the draw yet.",
    scheduled: "The draw is not open yet.",
    closed: "The draw is closed. Nobody can enter any more.",
    drawn: "The draw is over. The winners have been drawn.",
    entered: "You are in the draw.",
    drawing: "You are in the draw, which is being made.",
    won: "You have won.",
    admitted: "You have won, and it is your turn to buy.",
    lost: "You have not won this time.",
    mayStillWin: "You have not won this time. If a winner does not buy, it may be you yet.",
    completed: "You have won, and your order is in.",
    expired: "You had won, and the time to buy is over.",
    left: "You have left the draw.",
    denied: "The organizer has taken you out of the draw.",
    cancelled: "The draw was called off. Nobody wins.",
    void: "The draw came to nothing. Nobody wins.",
  },
  join: "Enter the draw",
  joinWhenOpen: "Enter when it opens",
  joinAgain: "Enter again",
  joining: "Entering …",
  leave: "Leave the draw",
  giveUp: "Give up what I have won",
  leaving: "Leaving …",
  checkout: waitingRoomTexts.checkout,
  entries: (count) =>
    count === 1 ? "1 person is in it." : `${count.toLocaleString("en")} people are in it.`,
  closes: (at) => `It closes ${formatTime(at)}.`,
  draws: (at) => `The winners are drawn ${formatTime(at)}.`,
  turnBegins: (at) => `Your time to buy begins ${formatTime(at)}.`,
  timeLeft: waitingRoomTexts.timeLeft,
};
