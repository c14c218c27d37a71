import type { PlainTranslation } from "../plain-translation.ts";

export const it: PlainTranslation = {
  page: {
    scheduledText: "Apre {opening}. Questa pagina ricontrolla da sola.",
    scheduledTextUnknown: "Apre tra poco. Questa pagina ricontrolla da sola.",
    scheduledLabel: "Apre tra (al caricamento di questa pagina)",
    scheduledDue: "un attimo",
    joinFromText: "Si potrà entrare {from}.",
    openUntil: "Può entrare fino a: {closing}.",
    waitingScheduled: "La fila apre {opening}. Riceverà allora il suo posto.",
    turnLabel: "Tempo rimasto al caricamento di questa pagina",
    turnUntil: "Fino a: {end}",
    connectionPolling: "Si ricarica da sola",
    tokenText:
      "Lo copi e lo incolli nel negozio. A ogni caricamento di questa pagina ce n’è uno nuovo, valido per un minuto.",
  },
  own: {
    times: "Gli orari sono quelli di {zone}.",
    footer:
      "Questa pagina funziona senza JavaScript. Conserva il suo posto in un cookie di questo browser, a questo indirizzo.",
    cookiesTitle: "Il suo browser non ha inviato il nostro cookie",
    cookiesText:
      "Senza, nessuno potrebbe sapere che un posto è suo. Consenta i cookie per questa pagina, torni qui e riprovi.",
    foreignTitle: "La richiesta non viene da questa pagina",
    foreignText: "Non è stato fatto nulla. Apra la pagina della fila e provi da lì.",
    back: "Alla pagina della fila",
  },
};
