/** Hooks and rooms for React, over the SDK. */
export { admissionLink } from "./admission-link.ts";
export { DrawRoom, type DrawRoomProps } from "./draw-room.ts";
export { type DrawRoomTexts, drawRoomTexts } from "./draw-room-texts.ts";
export type { Place } from "./place-source.ts";
export type { ActionState, PlaceActions } from "./places.ts";
export type { RoomSlot } from "./room-frame.ts";
export { StanchionProvider, type StanchionProviderProps, useStanchion } from "./stanchion-provider.ts";
export { type AdmissionView, useAdmission } from "./use-admission.ts";
export { type DrawPlace, useDraw } from "./use-draw.ts";
export {
  type ExperienceOptions,
  type ExperienceView,
  type KnownExperience,
  useExperience,
  useSuspenseExperience,
} from "./use-experience.ts";
export { type QueuePlace, useQueue } from "./use-queue.ts";
export { type KnownDrawPlace, useSuspenseDraw } from "./use-suspense-draw.ts";
export { type KnownQueuePlace, useSuspenseQueue } from "./use-suspense-queue.ts";
export { WaitingRoom, type WaitingRoomProps } from "./waiting-room.ts";
export { type WaitingRoomTexts, waitingRoomTexts } from "./waiting-room-texts.ts";
