import type { PlainTranslation } from "../plain-translation.ts";

export const cs: PlainTranslation = {
  page: {
    scheduledText: "Otevře se: {opening}. Tato stránka to sama znovu zkontroluje.",
    scheduledTextUnknown: "Brzy se otevře. Tato stránka to sama znovu zkontroluje.",
    scheduledLabel: "Do otevření (při načtení stránky)",
    scheduledDue: "chvilka",
    joinFromText: "Vstoupit půjde od: {from}.",
    openUntil: "Vstoupit můžete do: {closing}.",
    waitingScheduled: "Fronta se otevře: {opening}. Tehdy dostanete místo.",
    turnLabel: "Zbývající čas při načtení stránky",
    turnUntil: "Do: {end}",
    connectionPolling: "Načítá se sama",
    tokenText:
      "Zkopírujte ho a vložte v obchodě. Při každém načtení stránky je tu nový, platný jednu minutu.",
  },
  own: {
    times: "Časy platí pro pásmo {zone}.",
    footer:
      "Tato stránka funguje bez JavaScriptu. Vaše místo uchovává v souboru cookie tohoto prohlížeče, na této adrese.",
    cookiesTitle: "Váš prohlížeč neposlal náš soubor cookie",
    cookiesText:
      "Bez něj by nikdo nepoznal, že místo je vaše. Povolte této stránce soubory cookie, vraťte se na ni a zkuste to znovu.",
    foreignTitle: "Požadavek nepřišel z této stránky",
    foreignText: "Nic se nestalo. Otevřete stránku fronty a zkuste to tam.",
    back: "Na stránku fronty",
  },
};
