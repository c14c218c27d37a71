import { describeDraw } from "./draw-cases.ts";
import { describeDrawRoom } from "./draw-room-cases.ts";
import { describeExperience } from "./experience-cases.ts";
import { describeProvider } from "./provider-cases.ts";
import { describeQueue } from "./queue-cases.ts";
import { describeRoom } from "./room-cases.ts";
import { describeServer } from "./server-cases.ts";
import { describeSuspense } from "./suspense-cases.ts";

/** All that this package promises, with whichever React the calling file was loaded with. */
export function describeEverything(): void {
  describeProvider();
  describeQueue();
  describeDraw();
  describeSuspense();
  describeServer();
  describeRoom();
  describeDrawRoom();
  describeExperience();
}
