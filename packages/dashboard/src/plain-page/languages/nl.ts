import type { PlainTranslation } from "../plain-translation.ts";

export const nl: PlainTranslation = {
  page: {
    scheduledText: "De wachtrij gaat {opening} open. Deze pagina kijkt vanzelf opnieuw.",
    scheduledTextUnknown: "De wachtrij gaat binnenkort open. Deze pagina kijkt vanzelf opnieuw.",
    scheduledLabel: "Opent over (bij het laden van deze pagina)",
    scheduledDue: "een ogenblik",
    joinFromText: "Aansluiten kan vanaf: {from}.",
    openUntil: "U kunt aansluiten tot {closing}.",
    waitingScheduled: "De wachtrij gaat {opening} open. Dan krijgt u uw plaats.",
    turnLabel: "Resterende tijd bij het laden van deze pagina",
    turnUntil: "Tot {end}",
    connectionPolling: "Laadt vanzelf opnieuw",
    tokenText:
      "Kopieer deze en plak hem in de winkel. Elke keer dat deze pagina laadt, is er een nieuwe, die een minuut geldig is.",
  },
  own: {
    times: "De tijden zijn die van {zone}.",
    footer:
      "Deze pagina werkt zonder JavaScript. Ze bewaart uw plaats in een cookie van deze browser, op dit adres.",
    cookiesTitle: "Uw browser heeft onze cookie niet gestuurd",
    cookiesText:
      "Zonder die cookie kan niemand weten dat een plaats van u is. Sta cookies toe voor deze pagina, ga ernaar terug en probeer het opnieuw.",
    foreignTitle: "Dat kwam niet van deze pagina",
    foreignText: "Er is niets gedaan. Open de pagina van de wachtrij en probeer het daar.",
    back: "Naar de pagina van de wachtrij",
  },
};
