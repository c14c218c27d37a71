import type { PlainTranslation } from "../plain-translation.ts";

export const pl: PlainTranslation = {
  page: {
    scheduledText: "Otwarcie: {opening}. Ta strona sama sprawdzi to ponownie.",
    scheduledTextUnknown: "Wkrótce się otworzy. Ta strona sama sprawdzi to ponownie.",
    scheduledLabel: "Otwarcie za (w chwili wczytania strony)",
    scheduledDue: "chwilę",
    joinFromText: "Początek dołączania: {from}.",
    openUntil: "Dołączyć można do: {closing}.",
    waitingScheduled: "Otwarcie kolejki: {opening}. Wtedy otrzymasz miejsce.",
    turnLabel: "Pozostały czas w chwili wczytania strony",
    turnUntil: "Do: {end}",
    connectionPolling: "Odświeża się sama",
    tokenText: "Skopiuj go i wklej w sklepie. Po każdym wczytaniu tej strony jest nowy, ważny przez minutę.",
  },
  own: {
    times: "Podane godziny: strefa {zone}.",
    footer:
      "Ta strona działa bez JavaScriptu. Przechowuje Twoje miejsce w pliku cookie tej przeglądarki, pod tym adresem.",
    cookiesTitle: "Przeglądarka nie wysłała naszego pliku cookie",
    cookiesText:
      "Bez niego nikt nie wiedziałby, że miejsce jest Twoje. Zezwól tej stronie na pliki cookie, wróć do niej i spróbuj ponownie.",
    foreignTitle: "To nie pochodziło z tej strony",
    foreignText: "Nic nie zostało zrobione. Otwórz stronę kolejki i spróbuj tam.",
    back: "Do strony kolejki",
  },
};
