import type { DrawTranslation } from "./draw-translation.ts";

export const it: DrawTranslation = {
  document: {
    slowStart: "Ci vuole più tempo del solito. Se partecipa già, la sua partecipazione è conservata.",
    scriptless:
      "Questa pagina ha bisogno di JavaScript. Non si perde nulla: lo consenta e ricarichi la pagina, oppure la apra in un altro browser. Se partecipa già, continui nel browser con cui si è iscritto.",
    missingTitle: "Questa estrazione non esiste",
    missingText:
      "L’indirizzo potrebbe essere incompleto, oppure l’estrazione è stata rimossa. Apra di nuovo il link dal negozio.",
    outageText:
      "Torna tra un momento. Se partecipa, la sua partecipazione è conservata, e questa pagina torna da sola.",
  },
  page: {
    loadingText: "Stiamo cercando la sua partecipazione.",
    scheduledHeadline: "L’estrazione non è ancora aperta",
    armButton: "Partecipa per me all’apertura",
    armedText: "Parteciperà appena l’estrazione apre. Tenga aperta questa pagina fino ad allora.",
    disarmButton: "Non partecipare per me",
    openHeadline: "L’estrazione è aperta",
    fullHeadline: "L’estrazione è al completo",
    fullText: "Non accetta altre persone. Un posto può liberarsi se qualcuno si ritira.",
    closedHeadline: "L’estrazione è chiusa",
    closedText: "Non è più possibile partecipare.",
    joinButton: "Partecipa all’estrazione",
    joiningButton: "Iscrizione in corso…",
    joinAgainButton: "Partecipa di nuovo",
    joinAnywayButton: "Prova a partecipare",
    waitingText:
      "Non serve tenere aperta questa pagina: la sua partecipazione è conservata in questo browser. Torni dopo l’estrazione.",
    waitingTextUnstored:
      "Tenga aperta questa pagina: il suo browser non permette di conservare la partecipazione quando viene chiusa.",
    drawingHeadline: "L’estrazione è in corso",
    drawingText: "Non è più possibile partecipare né ritirarsi. Il risultato apparirà qui da solo.",
    turnHeadline: "Ha vinto",
    turnText: "Vada adesso alla cassa. Quello che ha vinto è riservato a lei fino allo scadere del tempo.",
    turnTextShop:
      "Torni al negozio e completi lì l’acquisto. Quello che ha vinto è riservato a lei fino allo scadere del tempo.",
    turnOffline:
      "Al momento non ha connessione. La sua vincita è conservata; continui appena torna la connessione.",
    completedText: "Ha vinto e il suo ordine è stato registrato.",
    leftHeadline: "Si è ritirato dall’estrazione",
    leftText:
      "La sua partecipazione è stata tolta, come richiesto. Può partecipare di nuovo fino alla chiusura.",
    leftTextClosed: "La sua partecipazione è stata tolta, come richiesto. Ora l’estrazione è chiusa.",
    expiredText: "Aveva vinto e il tempo per comprare è passato.",
    deniedHeadline: "La sua partecipazione è stata tolta",
    deniedText:
      "L’organizzatore ha deciso che non può partecipare a questa estrazione. Lo contatti se pensa che sia un errore.",
    leaveButton: "Ritirati dall’estrazione",
    leaveTurnButton: "Rinuncia alla vincita",
    leaveQuestion: "Ritirarsi dall’estrazione?",
    leaveTurnQuestion: "Rinunciare alla vincita?",
    leaveWarning: "È definitivo: in questa estrazione non potrà rivincere.",
    leaveEarlyWarning:
      "Può partecipare di nuovo fino alla chiusura. Presto o tardi, ogni partecipazione ha la stessa probabilità.",
    receiptText:
      "Dimostra che ha partecipato all’estrazione. La conservi se vuole verificare in seguito che l’estrazione sia stata equa.",
    receiptCheck: "Verifica che l’estrazione sia stata equa",
    alertLabel: "Suona se vinco e quando posso comprare",
    carryText:
      "Apra il link sull’altro dispositivo entro dieci minuti. La sua partecipazione passa lì e non sarà più su questo. Chi ha il link può prendere la sua partecipazione: non lo dia a nessuno.",
    carryHereText:
      "La sua partecipazione all’estrazione passa dall’altro dispositivo a questo, e non sarà più sull’altro.",
    carryReplacesText:
      "Questo browser ha già una partecipazione a questa estrazione. Andrà persa se continua con l’altra.",
    carryHereBusy: "Spostamento della partecipazione…",
    carryGoneText:
      "È già stato usato, o ha più di dieci minuti. Ne crei uno nuovo sul dispositivo che ha la sua partecipazione.",
    titleTurn: "Ha vinto!",
    titleOpen: "Partecipa all’estrazione",
    titleDrawing: "Estrazione in corso",
    connectionOffline: "Nessuna connessione: la sua partecipazione è conservata",
    connectionMaintenance: "Manutenzione programmata: la sua partecipazione è conservata",
    placeKept: "La sua partecipazione è conservata.",
    spokenTurn: "Ha vinto. Tempo rimasto per comprare: {left}.",
    spokenLastMinute: "Ha vinto. Per comprare restano solo {left}.",
    networkTitle: "Al momento l’estrazione non è raggiungibile",
    portalTitle: "Ha risposto qualcosa di diverso dall’estrazione",
    portalText:
      "Forse la rete le chiede prima di accedere, oppure l’estrazione si sta riavviando. Questa pagina continua a provare.",
    plannedText: "L’organizzatore sta lavorando all’estrazione, come previsto.",
    maintenanceTitle: "Si sta lavorando all’estrazione",
    deviceTitle: "Questa partecipazione appartiene a un altro dispositivo",
    deviceText:
      "Continui con il telefono o il browser con cui si è iscritto: la partecipazione è conservata lì.",
    deviceUnknownText:
      "Questa estrazione distingue i dispositivi da un segno conservato nel browser. Consenta a questa pagina di conservare dati, poi la ricarichi.",
    restrictedTitle: "Non può partecipare a questa estrazione",
    restrictedLevelTitle: "Questa estrazione è per chi ha effettuato l’accesso",
    sessionText:
      "L’accesso è stato chiuso, o il tempo per tornare è passato. Ricarichi la pagina; se la partecipazione non compare, partecipi di nuovo.",
    movedTitle: "La sua partecipazione è passata a un altro dispositivo",
    movedText: "Continui lì: la partecipazione è conservata su quel dispositivo e non più su questo.",
    filledTitle: "L’estrazione è appena arrivata al completo",
    shutTitle: "L’estrazione è stata chiusa",
    notOpenText: "Apre all’ora indicata. Allora potrà partecipare.",
    doneTitle: "Ha già vinto in questa estrazione",
    doneText: "È possibile una sola volta.",
    goneTitle: "Questa estrazione non esiste più",
    setupTitle: "Questa estrazione non è configurata bene",
  },
  own: {
    enterUntil: "Chiusura: {closing}, ora locale. Arrivare presto non dà alcun vantaggio.",
    drawnFrom: "Estrazione: {time}, ora locale.",
    winners: {
      one: "Vince 1 persona.",
      many: "Vincono {count} di persone.",
      other: "Vincono {count} persone.",
    },
    entries: {
      one: "Partecipa 1 persona.",
      many: "Partecipano {count} di persone.",
      other: "Partecipano {count} persone.",
    },
    closesLabel: "Chiude tra",
    closesDue: "Chiusura in corso…",
    enteredHeadline: "Partecipa all’estrazione",
    titleEntered: "Sta partecipando",
    drawnLabel: "Estrazione tra",
    drawnDue: "Estrazione in corso…",
    wonHeadline: "Ha vinto",
    wonText: "Inizio del suo tempo per comprare: {time}, ora locale. La vincita è riservata a lei.",
    wonLabel: "Potrà comprare tra",
    lostHeadline: "Questa volta non ha vinto",
    lostText:
      "I vincitori sono stati estratti a sorte e lei non è tra loro. Tutti avevano la stessa probabilità.",
    lostMayWin:
      "Se un vincitore non compra, vince la persona successiva nell’ordine estratto. Può essere lei, e apparirà qui.",
    resultHeadline: "L’estrazione è finita",
    resultText: "I vincitori sono stati estratti. Lei non ha partecipato a questa estrazione.",
    cancelledHeadline: "L’estrazione è stata annullata",
    cancelledText: "L’organizzatore l’ha annullata. Non vince nessuno.",
    voidHeadline: "L’estrazione non è valida",
    voidText:
      "Il numero casuale necessario non è arrivato in tempo, quindi non vince nessuno. Non dipende da lei.",
    checkText: "Tutti possono verificare che sia stata equa.",
  },
};
