import type { DrawTranslation } from "./draw-translation.ts";

export const de: DrawTranslation = {
  document: {
    slowStart: "Das dauert länger als sonst. Falls Sie schon teilnehmen, bleibt Ihre Teilnahme erhalten.",
    scriptless:
      "Diese Seite braucht JavaScript. Es geht nichts verloren: Erlauben Sie es und laden Sie die Seite neu, oder öffnen Sie sie in einem anderen Browser. Wenn Sie schon teilnehmen, machen Sie in dem Browser weiter, in dem Sie sich eingetragen haben.",
    missingTitle: "Diese Verlosung gibt es nicht",
    missingText:
      "Die Adresse ist vielleicht unvollständig, oder die Verlosung wurde entfernt. Öffnen Sie den Link aus dem Shop noch einmal.",
    outageText:
      "Sie ist gleich wieder da. Wenn Sie teilnehmen, bleibt Ihre Teilnahme erhalten. Diese Seite lädt von selbst neu.",
  },
  page: {
    loadingText: "Wir suchen Ihre Teilnahme.",
    scheduledHeadline: "Die Verlosung ist noch nicht geöffnet",
    armButton: "Bei Öffnung für mich teilnehmen",
    armedText: "Sie nehmen teil, sobald die Verlosung öffnet. Lassen Sie diese Seite bis dahin offen.",
    disarmButton: "Doch nicht teilnehmen",
    openHeadline: "Die Verlosung ist geöffnet",
    fullHeadline: "Die Verlosung ist voll",
    fullText:
      "Mehr Personen können nicht teilnehmen. Wenn jemand zurücktritt, wird vielleicht ein Platz frei.",
    closedHeadline: "Die Verlosung ist geschlossen",
    closedText: "Niemand kann mehr teilnehmen.",
    joinButton: "An der Verlosung teilnehmen",
    joiningButton: "Wird eingetragen …",
    joinAgainButton: "Wieder teilnehmen",
    joinAnywayButton: "Trotzdem versuchen",
    waitingText:
      "Sie müssen diese Seite nicht offen lassen: Ihre Teilnahme bleibt in diesem Browser erhalten. Kommen Sie nach der Ziehung wieder.",
    waitingTextUnstored:
      "Lassen Sie diese Seite offen: Ihr Browser kann die Teilnahme nicht behalten, wenn sie geschlossen wird.",
    drawingHeadline: "Die Ziehung läuft",
    drawingText: "Niemand kann mehr teilnehmen oder zurücktreten. Das Ergebnis erscheint hier von selbst.",
    turnHeadline: "Sie haben gewonnen",
    turnText: "Gehen Sie jetzt zur Kasse. Bis die Zeit abläuft, bleibt Ihr Gewinn nur für Sie reserviert.",
    turnTextShop:
      "Gehen Sie zurück in den Shop und kaufen Sie dort. Bis die Zeit abläuft, bleibt Ihr Gewinn nur für Sie reserviert.",
    turnOffline:
      "Sie haben gerade keine Verbindung. Ihr Gewinn bleibt erhalten; machen Sie weiter, sobald Sie wieder verbunden sind.",
    completedText: "Sie haben gewonnen, und Ihre Bestellung ist eingegangen.",
    leftHeadline: "Sie sind zurückgetreten",
    leftText:
      "Ihre Teilnahme wurde wie gewünscht zurückgenommen. Bis zum Teilnahmeschluss können Sie wieder teilnehmen.",
    leftTextClosed: "Ihre Teilnahme wurde wie gewünscht zurückgenommen. Die Verlosung ist jetzt geschlossen.",
    expiredText: "Sie hatten gewonnen, und die Zeit zum Kaufen ist abgelaufen.",
    deniedHeadline: "Ihre Teilnahme wurde zurückgenommen",
    deniedText:
      "Der Veranstalter hat entschieden, dass Sie an dieser Verlosung nicht teilnehmen können. Fragen Sie nach, wenn Sie das für einen Irrtum halten.",
    leaveButton: "Von der Verlosung zurücktreten",
    leaveTurnButton: "Auf den Gewinn verzichten",
    leaveQuestion: "Von der Verlosung zurücktreten?",
    leaveTurnQuestion: "Auf Ihren Gewinn verzichten?",
    leaveWarning: "Das ist endgültig: In dieser Verlosung können Sie ihn nicht zurückgewinnen.",
    leaveEarlyWarning:
      "Bis zum Teilnahmeschluss können Sie wieder teilnehmen. Jede Teilnahme hat dieselbe Chance, ob früh oder spät.",
    receiptText:
      "Er beweist, dass Sie an der Verlosung teilgenommen haben. Bewahren Sie ihn auf, wenn Sie danach prüfen möchten, ob die Ziehung fair war.",
    receiptCheck: "Prüfen, ob die Ziehung fair war",
    alertLabel: "Klingeln, wenn ich gewinne und wenn ich kaufen kann",
    carryText:
      "Öffnen Sie den Link innerhalb von zehn Minuten auf Ihrem anderen Gerät. Ihre Teilnahme zieht dorthin um und ist dann nicht mehr auf diesem. Wer den Link hat, kann Ihre Teilnahme übernehmen: Geben Sie ihn niemandem.",
    carryHereText:
      "Ihre Teilnahme an der Verlosung zieht von Ihrem anderen Gerät auf dieses um und ist dann nicht mehr auf dem anderen.",
    carryReplacesText:
      "Mit diesem Browser nehmen Sie schon an dieser Verlosung teil. Diese Teilnahme geht verloren, wenn Sie mit der anderen weitermachen.",
    carryHereBusy: "Ihre Teilnahme zieht um …",
    carryGoneText:
      "Er wurde schon benutzt oder ist älter als zehn Minuten. Erstellen Sie einen neuen auf dem Gerät, das Ihre Teilnahme hat.",
    titleTurn: "Sie haben gewonnen!",
    titleOpen: "An der Verlosung teilnehmen",
    connectionOffline: "Keine Verbindung: Ihre Teilnahme bleibt erhalten",
    connectionMaintenance: "Geplante Wartung: Ihre Teilnahme bleibt erhalten",
    placeKept: "Ihre Teilnahme bleibt erhalten.",
    spokenTurn: "Sie haben gewonnen. Verbleibende Zeit zum Kaufen: {left}.",
    spokenLastMinute: "Sie haben gewonnen. Zum Kaufen bleiben nur noch {left}.",
    networkTitle: "Die Verlosung ist gerade nicht erreichbar",
    portalTitle: "Statt der Verlosung hat etwas anderes geantwortet",
    portalText:
      "Vielleicht müssen Sie sich zuerst in Ihrem Netzwerk anmelden, oder die Verlosung startet gerade neu. Diese Seite versucht es weiter.",
    plannedText: "Der Veranstalter arbeitet wie geplant an der Verlosung.",
    maintenanceTitle: "An der Verlosung wird gearbeitet",
    deviceTitle: "Diese Teilnahme gehört zu einem anderen Gerät",
    deviceText:
      "Machen Sie mit dem Handy oder Browser weiter, in dem Sie sich eingetragen haben: Dort bleibt die Teilnahme erhalten.",
    deviceUnknownText:
      "Diese Verlosung unterscheidet Geräte durch ein Merkmal im Browser. Erlauben Sie dieser Seite, Daten zu speichern, und laden Sie sie neu.",
    restrictedTitle: "Sie können an dieser Verlosung nicht teilnehmen",
    restrictedText:
      "Der Veranstalter hat diese Verlosung nicht für Sie geöffnet. Fragen Sie nach, wenn Sie das für einen Irrtum halten.",
    restrictedLevelTitle: "Diese Verlosung ist nur für Angemeldete",
    sessionText:
      "Sie wurden abgemeldet, oder die Zeit zum Wiederkommen ist vorbei. Laden Sie die Seite neu; wenn Ihre Teilnahme nicht erscheint, nehmen Sie erneut teil.",
    movedTitle: "Ihre Teilnahme ist auf ein anderes Gerät umgezogen",
    movedText: "Machen Sie dort weiter: Die Teilnahme ist jetzt auf jenem Gerät und nicht mehr auf diesem.",
    filledTitle: "Die Verlosung ist soeben voll geworden",
    shutTitle: "Die Verlosung wurde geschlossen",
    notOpenText: "Sie öffnet zur angezeigten Zeit. Dann können Sie teilnehmen.",
    doneTitle: "Sie haben in dieser Verlosung schon gewonnen",
    doneText: "Das geht nur einmal.",
    goneTitle: "Diese Verlosung gibt es nicht mehr",
    setupTitle: "Diese Verlosung ist nicht richtig eingerichtet",
  },
  own: {
    enterUntil: "Teilnahmeschluss: {closing} Ihrer Zeit. Früh zu kommen bringt keinen Vorteil.",
    drawnFrom: "Gezogen wird {time} Ihrer Zeit.",
    winners: { one: "1 Person gewinnt.", other: "{count} Personen gewinnen." },
    entries: { one: "1 Person nimmt teil.", other: "{count} Personen nehmen teil." },
    closesLabel: "Schließt in",
    closesDue: "Schließt jetzt …",
    enteredHeadline: "Sie nehmen an der Verlosung teil",
    titleEntered: "Sie sind dabei",
    drawnLabel: "Ziehung in",
    drawnDue: "Wird gezogen …",
    wonHeadline: "Sie haben gewonnen",
    wonText: "Ihre Zeit zum Kaufen beginnt {time} Ihrer Zeit. Der Gewinn bleibt für Sie reserviert.",
    wonLabel: "Kaufen können Sie in",
    lostHeadline: "Sie haben diesmal nicht gewonnen",
    lostText: "Die Gewinne wurden ausgelost, und Sie waren nicht dabei. Alle hatten dieselbe Chance.",
    lostMayWin:
      "Wenn jemand seinen Gewinn nicht kauft, gewinnt die nächste Person in der gezogenen Reihenfolge. Das können Sie sein, und dann erscheint es hier.",
    resultHeadline: "Die Verlosung ist vorbei",
    resultText: "Die Gewinne wurden ausgelost. Sie haben an dieser Verlosung nicht teilgenommen.",
    cancelledHeadline: "Die Verlosung wurde abgesagt",
    cancelledText: "Der Veranstalter hat sie abgesagt. Niemand gewinnt.",
    voidHeadline: "Die Verlosung ist ungültig",
    voidText:
      "Die dafür nötige Zufallszahl lag nicht rechtzeitig vor, deshalb gewinnt niemand. Mit Ihnen hat das nichts zu tun.",
    checkText: "Alle können nachprüfen, dass sie fair war.",
  },
};
