/** The bounds of sending mail. Milliseconds, seconds, bytes or counts as the name's end says. */
export const mailLimits = {
  /** For all of a mail: waiting for a turn, connecting, greeting, TLS, signing in, sending. */
  deadlineMsDefault: 10_000,
  deadlineMsMin: 100,
  deadlineMsMax: 60_000,
  underWayMax: 10,
  waitingMax: 500,
  mailsPerConnectionMax: 50,
  idleConnectionMs: 15_000,
  /** How long a connection may take to say goodbye. */
  farewellMs: 500,
  /** All that a provider may say over one connection; an honest one says some 500 bytes for each mail. */
  receivedBytesMax: 65_536,
  /** Of one reply. */
  replyBytesMax: 16_384,
  /** What the log repeats of a reply. */
  replyCharactersLogged: 200,
  /** In a row, until the provider is left alone. */
  failuresInRowMax: 5,
  /** How long it is left alone before one mail is tried again. */
  restSeconds: 30,
  /** What the others are told to wait while that one is under way. */
  probeWaitSeconds: 5,
  devMailboxMailsMax: 100,
} as const;
