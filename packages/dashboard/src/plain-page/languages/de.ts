import type { PlainTranslation } from "../plain-translation.ts";

export const de: PlainTranslation = {
  page: {
    scheduledText: "Sie öffnet {opening}. Diese Seite sieht von selbst wieder nach.",
    scheduledTextUnknown: "Sie öffnet bald. Diese Seite sieht von selbst wieder nach.",
    scheduledLabel: "Öffnet in (beim Laden dieser Seite)",
    scheduledDue: "gleich",
    joinFromText: "Das Anstellen beginnt {from}.",
    openUntil: "Anstellen können Sie sich bis {closing} Uhr.",
    waitingScheduled: "Die Warteschlange öffnet {opening}. Dann bekommen Sie Ihren Platz.",
    turnLabel: "Verbleibende Zeit beim Laden dieser Seite",
    turnUntil: "Bis {end} Uhr",
    connectionPolling: "Lädt von selbst neu",
    tokenText:
      "Kopieren Sie ihn und fügen Sie ihn im Shop ein. Bei jedem Laden dieser Seite gibt es einen neuen, der eine Minute lang gilt.",
  },
  own: {
    times: "Zeiten sind die von {zone}.",
    footer:
      "Diese Seite kommt ohne JavaScript aus. Sie bewahrt Ihren Platz in einem Cookie dieses Browsers auf, unter dieser Adresse.",
    cookiesTitle: "Ihr Browser hat unser Cookie nicht gesendet",
    cookiesText:
      "Ohne es könnte niemand wissen, dass ein Platz Ihnen gehört. Erlauben Sie Cookies für diese Seite, gehen Sie zu ihr zurück und versuchen Sie es noch einmal.",
    foreignTitle: "Das kam nicht von dieser Seite",
    foreignText: "Es wurde nichts getan. Öffnen Sie die Seite der Warteschlange und versuchen Sie es dort.",
    back: "Zur Seite der Warteschlange",
  },
};
