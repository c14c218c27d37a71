#!/usr/bin/env node
/** The one command of an installed Stanchion: the server's words go to the server, all others to the tools beside it. */
const nodeMajorNeeded = 24;
const serverWords = ["start", "api", "worker"];

if (Number.parseInt(process.versions.node, 10) < nodeMajorNeeded) {
  console.error(
    `Stanchion needs Node ${nodeMajorNeeded} or later; this is ${process.version}. Install it from https://nodejs.org and try again.`,
  );
  process.exit(1);
}
if (serverWords.includes(process.argv[2] ?? "")) await import("@stanchion/server/main");
else await import("./main.ts");

export {};
