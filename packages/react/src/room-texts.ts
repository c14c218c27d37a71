/** The words that every room says by itself. */
export interface RoomTexts {
  /** What the room is called to screen readers. */
  readonly room: string;
  readonly join: string;
  readonly joinWhenOpen: string;
  readonly joinAgain: string;
  readonly joining: string;
  readonly leave: string;
  readonly leaving: string;
  readonly checkout: string;
  readonly timeLeft: (seconds: number) => string;
}
