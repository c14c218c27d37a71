import type { DrawTranslation } from "./draw-translation.ts";

export const fr: DrawTranslation = {
  document: {
    slowStart: "C’est plus long que d’habitude. Si vous participez déjà, votre participation est conservée.",
    scriptless:
      "Cette page a besoin de JavaScript. Rien n’est perdu : autorisez-le et rechargez la page, ou ouvrez-la dans un autre navigateur. Si vous participez déjà, continuez dans le navigateur utilisé pour participer.",
    missingTitle: "Ce tirage au sort n’existe pas",
    missingText:
      "L’adresse est peut-être incomplète, ou le tirage au sort a été supprimé. Ouvrez de nouveau le lien depuis la boutique.",
    outageText:
      "Il revient dans un instant. Si vous participez, votre participation est conservée, et cette page reviendra d’elle-même.",
  },
  page: {
    loadingText: "Nous cherchons votre participation.",
    scheduledHeadline: "Le tirage au sort n’est pas encore ouvert",
    scheduledText:
      "Il ouvre {opening}, à votre heure. Cette page s’ouvrira en même temps : inutile de la recharger.",
    scheduledTextUnknown: "Il ouvre bientôt. Cette page s’ouvrira en même temps : inutile de la recharger.",
    armButton: "M’inscrire à l’ouverture",
    armedText: "Vous participerez dès l’ouverture du tirage. Gardez cette page ouverte jusque-là.",
    disarmButton: "Ne pas m’inscrire",
    openHeadline: "Le tirage au sort est ouvert",
    fullHeadline: "Le tirage au sort est complet",
    fullText: "Il n’accepte plus personne. Une place peut se libérer si quelqu’un se retire.",
    closedHeadline: "Le tirage au sort est fermé",
    closedText: "Il n’est plus possible de participer.",
    joinButton: "Participer au tirage",
    joiningButton: "Inscription en cours…",
    joinAgainButton: "Participer de nouveau",
    joinAnywayButton: "Essayer quand même",
    waitingText:
      "Inutile de garder cette page ouverte : votre participation est conservée dans ce navigateur. Revenez après le tirage.",
    waitingTextUnstored:
      "Gardez cette page ouverte : votre navigateur ne permet pas de conserver votre participation une fois la page fermée.",
    drawingHeadline: "Le tirage est en cours",
    drawingText:
      "Il n’est plus possible de participer ni de se retirer. Le résultat s’affichera ici de lui-même.",
    turnHeadline: "Vous avez gagné",
    turnText: "Allez au paiement maintenant. Votre gain vous est réservé jusqu’à la fin du temps imparti.",
    turnTextShop:
      "Retournez à la boutique et achetez-y. Votre gain vous est réservé jusqu’à la fin du temps imparti.",
    turnOffline:
      "Vous n’avez pas de connexion en ce moment. Votre gain est conservé ; continuez dès que vous êtes reconnecté.",
    completedText: "Vous avez gagné, et votre commande est enregistrée.",
    leftHeadline: "Vous vous êtes retiré du tirage",
    leftText:
      "Votre participation a été retirée, comme demandé. Vous pouvez participer de nouveau jusqu’à la clôture.",
    leftTextClosed: "Votre participation a été retirée, comme demandé. Le tirage est maintenant fermé.",
    expiredText: "Vous aviez gagné, et le temps pour acheter est passé.",
    deniedHeadline: "Votre participation a été retirée",
    deniedText:
      "L’organisateur a décidé que vous ne pouvez pas participer à ce tirage. Contactez-le si vous pensez à une erreur.",
    leaveButton: "Me retirer du tirage",
    leaveTurnButton: "Renoncer à mon gain",
    leaveQuestion: "Vous retirer du tirage ?",
    leaveTurnQuestion: "Renoncer à votre gain ?",
    leaveWarning: "C’est définitif : vous ne pourrez pas le regagner dans ce tirage.",
    leaveEarlyWarning:
      "Vous pouvez participer de nouveau jusqu’à la clôture. Tôt ou tard, chaque participation a la même chance.",
    receiptText:
      "Il prouve que vous avez participé au tirage. Gardez-le si vous souhaitez vérifier ensuite que le tirage était équitable.",
    receiptCheck: "Vérifier que le tirage était équitable",
    alertLabel: "Sonner si je gagne et quand je peux acheter",
    carryText:
      "Ouvrez le lien sur votre autre appareil dans les dix minutes. Votre participation y passera et ne sera plus sur celui-ci. Quiconque a le lien peut prendre votre participation : ne le donnez à personne.",
    carryHereText:
      "Votre participation au tirage passe de votre autre appareil à celui-ci, et ne sera plus sur l’autre.",
    carryReplacesText:
      "Ce navigateur a sa propre participation à ce tirage. Elle sera perdue si vous continuez avec l’autre.",
    carryHereBusy: "Transfert de votre participation…",
    carryGoneText:
      "Il a déjà servi, ou date de plus de dix minutes. Créez-en un nouveau sur l’appareil qui a votre participation.",
    titleTurn: "Vous avez gagné !",
    titleOpen: "Participer au tirage",
    titleScheduled: "Pas encore ouvert",
    connectionOffline: "Pas de connexion : votre participation est conservée",
    connectionMaintenance: "Maintenance prévue : votre participation est conservée",
    placeKept: "Votre participation est conservée.",
    spokenTurn: "Vous avez gagné. Temps restant pour acheter : {left}.",
    spokenLastMinute: "Vous avez gagné. Il ne reste que {left} pour acheter.",
    networkTitle: "Le tirage est injoignable pour le moment",
    portalTitle: "Autre chose que le tirage a répondu",
    portalText:
      "Votre réseau demande peut-être de vous identifier d’abord, ou le tirage redémarre. Cette page continue d’essayer.",
    plannedText: "L’organisateur intervient sur le tirage, comme prévu.",
    maintenanceTitle: "Une intervention est en cours sur le tirage",
    maintenanceText: "Il revient dans un instant, et cette page continue d’elle-même.",
    deviceTitle: "Cette participation appartient à un autre appareil",
    deviceText:
      "Continuez avec le téléphone ou le navigateur utilisé pour participer : la participation y est conservée.",
    deviceUnknownText:
      "Ce tirage distingue les appareils grâce à une marque gardée dans le navigateur. Autorisez cette page à conserver des données, puis rechargez-la.",
    restrictedTitle: "Vous ne pouvez pas participer à ce tirage",
    restrictedText: "L’organisateur ne vous l’a pas ouvert. Contactez-le si vous pensez à une erreur.",
    restrictedLevelTitle: "Ce tirage est réservé aux personnes connectées",
    sessionText:
      "Vous avez été déconnecté, ou le délai pour revenir est passé. Rechargez la page ; si votre participation ne revient pas, participez de nouveau.",
    movedTitle: "Votre participation est passée sur un autre appareil",
    movedText: "Continuez là-bas : la participation est gardée sur cet appareil-là, et plus sur celui-ci.",
    filledTitle: "Le tirage vient d’être complet",
    shutTitle: "Le tirage vient de fermer",
    notOpenText: "Il ouvre à l’heure indiquée. Vous pourrez alors participer.",
    doneTitle: "Vous avez déjà gagné à ce tirage",
    doneText: "Ce n’est possible qu’une fois.",
    goneTitle: "Ce tirage n’existe plus",
    setupTitle: "Ce tirage n’est pas bien configuré",
  },
  own: {
    enterUntil: "Clôture : {closing}, à votre heure. Arriver tôt ne donne aucun avantage.",
    drawnFrom: "Le tirage a lieu {time}, à votre heure.",
    winners: {
      one: "{count} personne gagne.",
      many: "{count} de personnes gagnent.",
      other: "{count} personnes gagnent.",
    },
    entries: {
      one: "{count} personne participe.",
      many: "{count} de personnes participent.",
      other: "{count} personnes participent.",
    },
    closesLabel: "Clôture dans",
    closesDue: "Clôture en cours…",
    enteredHeadline: "Vous participez au tirage",
    titleEntered: "Vous participez",
    drawnLabel: "Tirage dans",
    drawnDue: "Tirage en cours…",
    wonHeadline: "Vous avez gagné",
    wonText: "Votre temps pour acheter commence {time}, à votre heure. Votre gain vous est réservé.",
    wonLabel: "Vous pourrez acheter dans",
    lostHeadline: "Vous n’avez pas gagné cette fois",
    lostText:
      "Les gagnants ont été tirés au sort, et vous n’en faites pas partie. Tout le monde avait la même chance.",
    lostMayWin:
      "Si un gagnant n’achète pas, la personne suivante dans l’ordre du tirage gagne. Ce peut être vous, et ce sera affiché ici.",
    resultHeadline: "Le tirage est terminé",
    resultText: "Les gagnants ont été tirés au sort. Vous n’avez pas participé à ce tirage.",
    cancelledHeadline: "Le tirage a été annulé",
    cancelledText: "L’organisateur l’a annulé. Personne ne gagne.",
    voidHeadline: "Le tirage n’a pas abouti",
    voidText:
      "Le nombre aléatoire nécessaire n’est pas arrivé à temps, donc personne ne gagne. Vous n’y êtes pour rien.",
    checkText: "Chacun peut vérifier qu’il était équitable.",
  },
};
