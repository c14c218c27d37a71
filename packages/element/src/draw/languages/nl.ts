import type { DrawTranslation } from "./draw-translation.ts";

export const nl: DrawTranslation = {
  document: {
    slowStart: "Dit duurt langer dan normaal. Als u al meedoet, blijft uw deelname bewaard.",
    scriptless:
      "Deze pagina heeft JavaScript nodig. Er gaat niets verloren: sta het toe en laad de pagina opnieuw, of open haar in een andere browser. Als u al meedoet, ga dan verder in de browser waarin u zich hebt aangemeld.",
    missingTitle: "Deze loting bestaat niet",
    missingText:
      "Het adres is misschien onvolledig, of de loting is weggehaald. Open de link van de winkel nog een keer.",
    outageText:
      "De loting is zo terug. Als u meedoet, blijft uw deelname bewaard, en deze pagina komt vanzelf terug.",
  },
  page: {
    loadingText: "We zoeken uw deelname.",
    scheduledHeadline: "De loting is nog niet open",
    scheduledText:
      "De loting gaat {opening} open, uw tijd. Deze pagina gaat dan vanzelf open: u hoeft niet te herladen.",
    scheduledTextUnknown:
      "De loting gaat binnenkort open. Deze pagina gaat dan vanzelf open: u hoeft niet te herladen.",
    armButton: "Voor mij meedoen bij opening",
    armedText: "U doet mee zodra de loting opengaat. Houd deze pagina tot dan open.",
    disarmButton: "Toch niet meedoen",
    openHeadline: "De loting is open",
    fullHeadline: "De loting is vol",
    fullText: "Er kan niemand meer bij. Er kan een plaats vrijkomen als iemand zich terugtrekt.",
    closedHeadline: "De loting is gesloten",
    closedText: "Meedoen kan niet meer.",
    joinButton: "Meedoen aan de loting",
    joiningButton: "Bezig met aanmelden…",
    joinAgainButton: "Opnieuw meedoen",
    joinAnywayButton: "Toch proberen",
    waitingText:
      "U hoeft deze pagina niet open te houden: uw deelname blijft in deze browser bewaard. Kom na de loting terug.",
    waitingTextUnstored: "Houd deze pagina open: uw browser kan uw deelname niet bewaren als u haar sluit.",
    drawingHeadline: "Er wordt nu geloot",
    drawingText: "Meedoen of terugtrekken kan niet meer. De uitslag verschijnt hier vanzelf.",
    turnHeadline: "U hebt gewonnen",
    turnText: "Ga nu naar de kassa. Wat u hebt gewonnen, is alleen voor u tot de tijd om is.",
    turnTextShop:
      "Ga terug naar de winkel en koop daar. Wat u hebt gewonnen, is alleen voor u tot de tijd om is.",
    turnOffline:
      "U hebt nu geen verbinding. Wat u hebt gewonnen, blijft bewaard; ga verder zodra u weer verbonden bent.",
    completedText: "U hebt gewonnen en uw bestelling is binnen.",
    leftHeadline: "U hebt zich teruggetrokken",
    leftText: "Uw deelname is ingetrokken, zoals u vroeg. U kunt opnieuw meedoen tot de loting sluit.",
    leftTextClosed: "Uw deelname is ingetrokken, zoals u vroeg. De loting is nu gesloten.",
    expiredText: "U had gewonnen en de tijd om te kopen is om.",
    deniedHeadline: "Uw deelname is ingetrokken",
    deniedText:
      "De organisator heeft besloten dat u niet aan deze loting kunt meedoen. Vraag het na als u denkt dat het een vergissing is.",
    leaveButton: "Mij terugtrekken uit de loting",
    leaveTurnButton: "Afzien van wat ik heb gewonnen",
    leaveQuestion: "Uit de loting terugtrekken?",
    leaveTurnQuestion: "Afzien van wat u hebt gewonnen?",
    leaveWarning: "Dat is voorgoed: u kunt het in deze loting niet terugwinnen.",
    leaveEarlyWarning:
      "U kunt opnieuw meedoen tot de loting sluit. Elke deelname heeft dezelfde kans, vroeg of laat.",
    leaveNo: "Nee, toch niet",
    receiptText:
      "Het bewijst dat u aan de loting meedeed. Bewaar het als u achteraf wilt nagaan of de loting eerlijk was.",
    receiptCheck: "Nagaan of de loting eerlijk was",
    alertLabel: "Geluid geven als ik win en als ik kan kopen",
    carryText:
      "Open de link binnen tien minuten op uw andere apparaat. Uw deelname verhuist daarheen en is dan niet meer op dit. Wie de link heeft, kan uw deelname overnemen: geef hem aan niemand.",
    carryHereText:
      "Uw deelname aan de loting verhuist van uw andere apparaat naar dit, en is dan niet meer op het andere.",
    carryReplacesText:
      "Deze browser heeft een eigen deelname aan deze loting. Die gaat verloren als u met de andere verdergaat.",
    carryHereBusy: "Uw deelname wordt verhuisd…",
    carryGoneText:
      "Hij is al gebruikt, of ouder dan tien minuten. Maak een nieuwe op het apparaat dat uw deelname heeft.",
    titleTurn: "U hebt gewonnen!",
    titleOpen: "Meedoen aan de loting",
    connectionOffline: "Geen verbinding: uw deelname blijft bewaard",
    connectionMaintenance: "Gepland onderhoud: uw deelname blijft bewaard",
    placeKept: "Uw deelname blijft bewaard.",
    spokenTurn: "U hebt gewonnen. Resterende tijd om te kopen: {left}.",
    spokenLastMinute: "U hebt gewonnen. U hebt nog maar {left} om te kopen.",
    networkTitle: "We kunnen de loting nu niet bereiken",
    portalTitle: "Iets anders dan de loting heeft geantwoord",
    portalText:
      "Misschien moet u zich eerst bij uw netwerk aanmelden, of de loting start opnieuw. Deze pagina blijft het proberen.",
    plannedText: "De organisator werkt volgens plan aan de loting.",
    maintenanceTitle: "Er wordt aan de loting gewerkt",
    maintenanceText: "De loting is zo terug, en deze pagina gaat vanzelf verder.",
    deviceTitle: "Deze deelname hoort bij een ander apparaat",
    deviceText:
      "Ga verder met de telefoon of browser waarin u zich hebt aangemeld: daar is de deelname bewaard.",
    deviceUnknownText:
      "Deze loting onderscheidt apparaten aan een kenmerk in de browser. Sta toe dat deze pagina gegevens bewaart en laad haar opnieuw.",
    restrictedTitle: "U kunt niet meedoen aan deze loting",
    restrictedText:
      "De organisator heeft de loting niet voor u opengesteld. Vraag het na als u denkt dat het een vergissing is.",
    restrictedLevelTitle: "Deze loting is voor wie is ingelogd",
    sessionText:
      "U bent uitgelogd, of de tijd om terug te komen is voorbij. Laad de pagina opnieuw; komt uw deelname niet terug, doe dan opnieuw mee.",
    movedTitle: "Uw deelname is naar een ander apparaat verhuisd",
    movedText: "Ga daar verder: de deelname is nu op dat apparaat en niet meer op dit.",
    filledTitle: "De loting is zojuist vol geraakt",
    shutTitle: "De loting is zojuist gesloten",
    notOpenText: "De loting gaat open op de getoonde tijd. Dan kunt u meedoen.",
    doneTitle: "U hebt in deze loting al gewonnen",
    goneTitle: "Deze loting bestaat niet meer",
    setupTitle: "Deze loting is niet goed ingesteld",
  },
  own: {
    enterUntil: "Meedoen kan tot {closing}, uw tijd. Vroeg zijn geeft geen voordeel.",
    drawnFrom: "Er wordt geloot: {time}, uw tijd.",
    winners: { one: "1 persoon wint.", other: "{count} personen winnen." },
    entries: { one: "1 persoon doet mee.", other: "{count} personen doen mee." },
    closesLabel: "Sluit over",
    closesDue: "Sluit nu…",
    enteredHeadline: "U doet mee aan de loting",
    titleEntered: "U doet mee",
    drawnLabel: "Loting over",
    drawnDue: "Wordt geloot…",
    wonHeadline: "U hebt gewonnen",
    wonText: "Uw tijd om te kopen begint {time}, uw tijd. Die blijft voor u bewaard.",
    wonLabel: "U kunt kopen over",
    lostHeadline: "U hebt deze keer niet gewonnen",
    lostText: "De winnaars zijn door het lot bepaald en u was er niet bij. Iedereen had dezelfde kans.",
    lostMayWin:
      "Als een winnaar niet koopt, wint de volgende in de gelote volgorde. Dat kunt u zijn, en dan ziet u het hier.",
    resultHeadline: "De loting is voorbij",
    resultText: "De winnaars zijn geloot. U deed niet mee aan deze loting.",
    cancelledHeadline: "De loting gaat niet door",
    cancelledText: "De organisator heeft de loting afgelast. Niemand wint.",
    voidHeadline: "De loting is ongeldig",
    voidText:
      "Het toevalsgetal dat nodig was, kwam niet op tijd, dus niemand wint. Het heeft niets met u te maken.",
    checkText: "Iedereen kan nagaan dat het eerlijk ging.",
  },
};
