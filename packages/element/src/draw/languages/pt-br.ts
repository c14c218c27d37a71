import type { DrawTranslation } from "./draw-translation.ts";

export const ptBR: DrawTranslation = {
  document: {
    slowStart: "Está demorando mais do que o normal. Se você já participa, sua participação está guardada.",
    scriptless:
      "Esta página precisa de JavaScript. Nada se perde: permita-o e recarregue a página, ou abra-a em outro navegador. Se você já participa, continue no navegador em que entrou.",
    missingTitle: "Este sorteio não existe",
    missingText: "O endereço pode estar incompleto, ou o sorteio foi retirado. Abra de novo o link da loja.",
    outageText:
      "Ele volta em instantes. Se você participa, sua participação está guardada, e esta página volta sozinha.",
  },
  page: {
    loadingText: "Estamos procurando sua participação.",
    scheduledHeadline: "O sorteio ainda não abriu",
    scheduledText: "Ele abre {opening}, no seu horário. Esta página abre junto: não é preciso recarregar.",
    scheduledTextUnknown: "Ele abre em breve. Esta página abre junto: não é preciso recarregar.",
    armButton: "Entrar por mim quando abrir",
    armedText: "Você participará assim que o sorteio abrir. Deixe esta página aberta até lá.",
    disarmButton: "Não entrar por mim",
    openHeadline: "O sorteio está aberto",
    fullHeadline: "O sorteio está cheio",
    fullText: "Ele não aceita mais ninguém. Um lugar pode ficar livre se alguém sair.",
    closedHeadline: "O sorteio está fechado",
    closedText: "Não é mais possível participar.",
    joinButton: "Participar do sorteio",
    joiningButton: "Entrando…",
    joinAgainButton: "Participar de novo",
    joinAnywayButton: "Tentar participar",
    waitingText:
      "Não é preciso deixar esta página aberta: sua participação fica guardada neste navegador. Volte depois do sorteio.",
    waitingTextUnstored:
      "Deixe esta página aberta: seu navegador não permite guardar sua participação quando ela é fechada.",
    drawingHeadline: "O sorteio está em andamento",
    drawingText: "Não é mais possível entrar nem sair. O resultado aparece aqui sozinho.",
    turnHeadline: "Você ganhou",
    turnText: "Vá para o pagamento agora. O que você ganhou é só seu até o tempo acabar.",
    turnTextShop: "Volte para a loja e compre lá. O que você ganhou é só seu até o tempo acabar.",
    turnOffline:
      "Você está sem conexão no momento. O que você ganhou está guardado; continue assim que a conexão voltar.",
    completedText: "Você ganhou, e seu pedido foi registrado.",
    leftHeadline: "Você saiu do sorteio",
    leftText:
      "Sua participação foi retirada, como você pediu. Você pode participar de novo até o sorteio fechar.",
    leftTextClosed: "Sua participação foi retirada, como você pediu. O sorteio está fechado agora.",
    expiredText: "Você tinha ganhado, e o tempo para comprar passou.",
    deniedHeadline: "Sua participação foi retirada",
    deniedText:
      "A organização decidiu que você não pode participar deste sorteio. Fale com ela se achar que é um engano.",
    leaveButton: "Sair do sorteio",
    leaveTurnButton: "Desistir do que ganhei",
    leaveQuestion: "Sair do sorteio?",
    leaveTurnQuestion: "Desistir do que você ganhou?",
    leaveWarning: "É definitivo: não dá para ganhar de volta neste sorteio.",
    leaveEarlyWarning:
      "Você pode participar de novo até o sorteio fechar. Cedo ou tarde, cada participação tem a mesma chance.",
    receiptText:
      "Ele prova que você participou do sorteio. Guarde-o se quiser conferir depois que o sorteio foi justo.",
    receiptCheck: "Conferir se o sorteio foi justo",
    alertLabel: "Tocar se eu ganhar e quando eu puder comprar",
    carryText:
      "Abra o link no seu outro aparelho em até dez minutos. Sua participação passa para lá e deixa de estar neste. Quem tiver o link pode ficar com sua participação: não o passe a ninguém.",
    carryHereText:
      "Sua participação no sorteio passa do seu outro aparelho para este e deixa de estar no outro.",
    carryReplacesText:
      "Este navegador tem uma participação própria neste sorteio. Ela se perde se você continuar com a outra.",
    carryHereBusy: "Trazendo sua participação…",
    carryGoneText:
      "Ele já foi usado ou tem mais de dez minutos. Crie um novo no aparelho que tem a sua participação.",
    titleTurn: "Você ganhou!",
    titleOpen: "Participar do sorteio",
    connectionOffline: "Sem conexão: sua participação está guardada",
    connectionMaintenance: "Manutenção programada: sua participação está guardada",
    placeKept: "Sua participação está guardada.",
    spokenTurn: "Você ganhou. Tempo restante para comprar: {left}.",
    spokenLastMinute: "Você ganhou. Restam apenas {left} para comprar.",
    networkTitle: "Não conseguimos acessar o sorteio agora",
    portalTitle: "Outra coisa respondeu no lugar do sorteio",
    portalText:
      "Talvez sua rede peça que você se identifique antes, ou o sorteio está sendo reiniciado. Esta página continua tentando.",
    plannedText: "A organização está trabalhando no sorteio, como previsto.",
    maintenanceTitle: "O sorteio está em manutenção",
    maintenanceText: "Ele volta em instantes, e esta página continua sozinha.",
    deviceTitle: "Esta participação é de outro aparelho",
    deviceText: "Continue no celular ou navegador em que você entrou: a participação está guardada lá.",
    deviceUnknownText:
      "Este sorteio distingue os aparelhos por uma marca guardada no navegador. Permita que esta página guarde dados e recarregue-a.",
    restrictedTitle: "Você não pode participar deste sorteio",
    restrictedText: "A organização não o abriu para você. Fale com ela se achar que é um engano.",
    restrictedLevelTitle: "Este sorteio é para quem fez login",
    sessionText:
      "Sua sessão foi encerrada, ou o prazo para voltar passou. Recarregue a página; se sua participação não voltar, participe de novo.",
    movedTitle: "Sua participação passou para outro aparelho",
    movedText: "Continue lá: a participação está guardada naquele aparelho e não mais neste.",
    filledTitle: "O sorteio acabou de encher",
    shutTitle: "O sorteio fechou",
    notOpenText: "Ele abre no horário mostrado. Você poderá participar então.",
    doneTitle: "Você já ganhou neste sorteio",
    doneText: "Só é possível uma vez.",
    goneTitle: "Este sorteio não existe mais",
    setupTitle: "Este sorteio não está configurado corretamente",
  },
  own: {
    enterUntil: "Encerramento: {closing}, no seu horário. Chegar cedo não dá vantagem.",
    drawnFrom: "Sorteio: {time}, no seu horário.",
    winners: {
      one: "{count} pessoa ganha.",
      many: "{count} de pessoas ganham.",
      other: "{count} pessoas ganham.",
    },
    entries: {
      one: "{count} pessoa participa.",
      many: "{count} de pessoas participam.",
      other: "{count} pessoas participam.",
    },
    closesLabel: "Fecha em",
    closesDue: "Fechando…",
    enteredHeadline: "Você está no sorteio",
    titleEntered: "Você está dentro",
    drawnLabel: "Sorteio em",
    drawnDue: "Sorteando…",
    wonHeadline: "Você ganhou",
    wonText: "Início do seu tempo para comprar: {time}, no seu horário. Ele está guardado para você.",
    wonLabel: "Você pode comprar em",
    lostHeadline: "Você não ganhou desta vez",
    lostText:
      "Quem ganhou foi escolhido por sorteio, e você não estava entre essas pessoas. A chance era a mesma para todo mundo.",
    lostMayWin:
      "Se alguém que ganhou não comprar, ganha a próxima pessoa na ordem sorteada. Pode ser você, e aparece aqui.",
    resultHeadline: "O sorteio terminou",
    resultText: "O sorteio já foi feito. Você não participou dele.",
    cancelledHeadline: "O sorteio foi cancelado",
    cancelledText: "A organização o cancelou. Ninguém ganha.",
    voidHeadline: "O sorteio ficou sem efeito",
    voidText:
      "O número aleatório necessário não chegou a tempo, por isso ninguém ganha. Não tem nada a ver com você.",
    checkText: "Qualquer pessoa pode conferir que ele foi justo.",
  },
};
