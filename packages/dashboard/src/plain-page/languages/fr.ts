import type { PlainTranslation } from "../plain-translation.ts";

export const fr: PlainTranslation = {
  page: {
    scheduledText: "Elle ouvre {opening}. Cette page vérifie d’elle-même.",
    scheduledTextUnknown: "Elle ouvre bientôt. Cette page vérifie d’elle-même.",
    scheduledLabel: "Ouverture dans (au chargement de cette page)",
    scheduledDue: "un instant",
    joinFromText: "Vous pourrez entrer dans la file {from}.",
    openUntil: "Clôture des entrées : {closing}.",
    waitingScheduled: "La file ouvre {opening}. Vous recevrez alors votre place.",
    turnLabel: "Temps restant au chargement de cette page",
    turnUntil: "Jusqu’à {end}",
    connectionPolling: "Se recharge d’elle-même",
    tokenText:
      "Copiez-le et collez-le dans la boutique. Chaque chargement de cette page en donne un nouveau, valable une minute.",
  },
  own: {
    times: "Les heures sont celles de {zone}.",
    footer:
      "Cette page fonctionne sans JavaScript. Elle garde votre place dans un cookie de ce navigateur, à cette adresse.",
    cookiesTitle: "Votre navigateur n’a pas envoyé notre cookie",
    cookiesText:
      "Sans lui, personne ne pourrait savoir qu’une place est à vous. Autorisez les cookies pour cette page, revenez-y et réessayez.",
    foreignTitle: "Cette demande ne vient pas de cette page",
    foreignText: "Rien n’a été fait. Ouvrez la page de la file et essayez là-bas.",
    back: "Vers la page de la file",
  },
};
