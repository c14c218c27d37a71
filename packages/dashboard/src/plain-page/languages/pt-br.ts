import type { PlainTranslation } from "../plain-translation.ts";

export const ptBR: PlainTranslation = {
  page: {
    scheduledText: "Ela abre {opening}. Esta página confere de novo sozinha.",
    scheduledTextUnknown: "Ela abre em breve. Esta página confere de novo sozinha.",
    scheduledLabel: "Abre em (quando esta página foi carregada)",
    scheduledDue: "um instante",
    joinFromText: "A entrada começa {from}.",
    openUntil: "Você pode entrar até: {closing}.",
    waitingScheduled: "A fila abre {opening}. Você recebe seu lugar nesse momento.",
    turnLabel: "Tempo restante quando esta página foi carregada",
    turnUntil: "Até: {end}",
    connectionPolling: "Recarrega sozinha",
    tokenText: "Copie e cole na loja. Cada vez que esta página carrega, há um novo, válido por um minuto.",
  },
  own: {
    times: "Os horários são os de {zone}.",
    footer:
      "Esta página funciona sem JavaScript. Ela guarda seu lugar em um cookie deste navegador, neste endereço.",
    cookiesTitle: "Seu navegador não enviou nosso cookie",
    cookiesText:
      "Sem ele, ninguém teria como saber que um lugar é seu. Permita cookies para esta página, volte a ela e tente de novo.",
    foreignTitle: "Isso não veio desta página",
    foreignText: "Nada foi feito. Abra a página da fila e tente por lá.",
    back: "Para a página da fila",
  },
};
