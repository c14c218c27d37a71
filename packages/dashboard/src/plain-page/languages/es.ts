import type { PlainTranslation } from "../plain-translation.ts";

export const es: PlainTranslation = {
  page: {
    scheduledText: "Se abre {opening}. Esta página vuelve a comprobarlo sola.",
    scheduledTextUnknown: "Se abre pronto. Esta página vuelve a comprobarlo sola.",
    scheduledLabel: "Se abre en (al cargar esta página)",
    scheduledDue: "un momento",
    joinFromText: "Podrá entrar {from}.",
    openUntil: "Puede entrar hasta: {closing}.",
    waitingScheduled: "La fila se abre {opening}. Entonces recibirá su lugar.",
    turnLabel: "Tiempo restante al cargar esta página",
    turnUntil: "Hasta: {end}",
    connectionPolling: "Se recarga sola",
    tokenText:
      "Cópielo y péguelo en la tienda. Cada vez que se carga esta página hay uno nuevo, válido durante un minuto.",
  },
  own: {
    times: "Las horas son las de {zone}.",
    footer:
      "Esta página funciona sin JavaScript. Guarda su lugar en una cookie de este navegador, en esta dirección.",
    cookiesTitle: "Su navegador no ha enviado nuestra cookie",
    cookiesText:
      "Sin ella nadie podría saber que un lugar es suyo. Permita las cookies en esta página, vuelva a ella e inténtelo de nuevo.",
    foreignTitle: "Eso no vino de esta página",
    foreignText: "No se ha hecho nada. Abra la página de la fila e inténtelo allí.",
    back: "A la página de la fila",
  },
};
