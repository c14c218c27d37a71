import type { PlainTranslation } from "../plain-translation.ts";

export const sv: PlainTranslation = {
  page: {
    scheduledText: "Den öppnar {opening}. Sidan kontrollerar igen av sig själv.",
    scheduledTextUnknown: "Den öppnar snart. Sidan kontrollerar igen av sig själv.",
    scheduledLabel: "Öppnar om (när sidan laddades)",
    scheduledDue: "ett ögonblick",
    joinFromText: "Man kan ställa sig i kö från: {from}.",
    openUntil: "Du kan ställa dig i kö till {closing}.",
    waitingScheduled: "Kön öppnar {opening}. Då får du din plats.",
    turnLabel: "Tid kvar när sidan laddades",
    turnUntil: "Till {end}",
    connectionPolling: "Laddas om av sig själv",
    tokenText:
      "Kopiera den och klistra in den i butiken. Varje gång sidan laddas kommer en ny, som gäller i en minut.",
  },
  own: {
    times: "Tiderna är de i {zone}.",
    footer:
      "Den här sidan fungerar utan JavaScript. Den sparar din plats i en kaka i den här webbläsaren, på den här adressen.",
    cookiesTitle: "Din webbläsare skickade inte vår kaka",
    cookiesText:
      "Utan den kan ingen veta att en plats är din. Tillåt kakor för sidan, gå tillbaka till den och försök igen.",
    foreignTitle: "Det kom inte från den här sidan",
    foreignText: "Inget har gjorts. Öppna köns sida och försök där.",
    back: "Till köns sida",
  },
};
