/** What the page without a script says differently: nothing counts or changes on it between two loadings, and its times are the line's. */
export const plainTexts = {
  scheduledText: "It opens {opening}. This page looks again by itself.",
  scheduledTextUnknown: "It opens soon. This page looks again by itself.",
  scheduledLabel: "Opens in, when this page was loaded",
  scheduledDue: "a moment",
  joinFromText: "Joining begins {from}.",
  openUntil: "You can join until {closing}.",
  waitingScheduled: "The line opens {opening}. Your place in it is given out then.",
  turnLabel: "Time left when this page was loaded",
  turnUntil: "Until {end}",
  connectionPolling: "Loads again by itself",
  tokenText:
    "Copy it and paste it in the shop. Each loading of this page brings a new one, good for a minute.",
} as const;

/** Words that only this page has. */
export const plainWords = {
  times: "Times are those of {zone}.",
  footer:
    "This page works without JavaScript. It keeps your place in a cookie of this browser, at this address.",
  cookiesTitle: "Your browser did not send our cookie",
  cookiesText:
    "Without it nobody could tell that a place is yours. Allow cookies for this page, go back to it and try again.",
  foreignTitle: "That did not come from this page",
  foreignText: "Nothing was done. Open the page of the line and try it there.",
  back: "To the page of the line",
} as const;
