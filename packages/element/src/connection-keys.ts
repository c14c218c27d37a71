/** How each state of the connection is called where the fan has something to lose. */
export const connectionKeys = {
  connecting: "connectionConnecting",
  stream: "connectionStream",
  polling: "connectionPolling",
  offline: "connectionOffline",
} as const;
