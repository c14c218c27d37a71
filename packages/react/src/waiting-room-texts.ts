import type { QueuePhase } from "@stanchion/sdk";
import type { RoomTexts } from "./room-texts.ts";

/** Every word that a {@link WaitingRoom} says by itself; give your own for another language. */
export interface WaitingRoomTexts extends RoomTexts {
  /** Said first, and to screen readers whenever it changes. */
  readonly headlines: Readonly<Record<QueuePhase | "closed" | "scheduled" | "paused", string>>;
  readonly position: (position: number) => string;
  /** `factor`: so many times shorter or longer it may be. */
  readonly wait: (seconds: number, factor: number) => string;
}

/** The words of a room for which none are given: English. */
export const waitingRoomTexts: WaitingRoomTexts = {
  room: "Waiting room",
  headlines: {
    loading: "Looking for your place in line …",
    outside: "You are not in line yet.",
    scheduled: "The line is not open yet.",
    closed: "The line is closed.",
    waiting: "You are in line.",
    paused: "You are in line, which stands still for now. Your place is kept.",
    admitted: "It is your turn.",
    completed: "You have bought. There is nothing left to wait for.",
    left: "You have left the line.",
    expired: "Your turn is over.",
    denied: "The organizer has taken you out of the line.",
  },
  join: "Join the line",
  joinWhenOpen: "Join when it opens",
  joinAgain: "Join again",
  joining: "Joining …",
  leave: "Leave the line",
  leaving: "Leaving …",
  checkout: "Go to the checkout",
  position: (position) => `Your place: ${position}`,
  wait: (seconds, factor) => {
    const from = Math.max(1, Math.floor(seconds / factor / 60));
    const to = Math.ceil((seconds * factor) / 60);
    return to > from ? `About ${from} to ${to} min` : `About ${from} min`;
  },
  timeLeft: (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")} left`,
};
