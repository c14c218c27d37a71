import type { DrawTranslation } from "./draw-translation.ts";

export const pl: DrawTranslation = {
  document: {
    slowStart: "To trwa dłużej niż zwykle. Jeśli bierzesz już udział, zgłoszenie jest zachowane.",
    scriptless:
      "Ta strona wymaga JavaScriptu. Nic nie przepada: zezwól na niego i odśwież stronę albo otwórz ją w innej przeglądarce. Jeśli bierzesz już udział, kontynuuj w przeglądarce, w której dokonano zgłoszenia.",
    missingTitle: "Nie ma takiego losowania",
    missingText: "Adres może być niepełny albo losowanie zostało usunięte. Otwórz ponownie link ze sklepu.",
    outageText: "Za chwilę wróci. Jeśli bierzesz udział, zgłoszenie jest zachowane, a strona wróci sama.",
  },
  page: {
    loadingText: "Szukamy Twojego zgłoszenia.",
    scheduledHeadline: "Losowanie nie jest jeszcze otwarte",
    scheduledText:
      "Otwarcie: {opening} Twojego czasu. Ta strona otworzy się razem z losowaniem, nie trzeba jej odświeżać.",
    scheduledTextUnknown:
      "Wkrótce się otworzy. Ta strona otworzy się razem z losowaniem, nie trzeba jej odświeżać.",
    armButton: "Zgłoś mnie po otwarciu",
    armedText: "Weźmiesz udział, gdy tylko losowanie się otworzy. Do tego czasu nie zamykaj tej strony.",
    disarmButton: "Nie zgłaszaj mnie",
    openHeadline: "Losowanie jest otwarte",
    fullHeadline: "Losowanie jest pełne",
    fullText: "Nie przyjmuje już więcej osób. Miejsce może się zwolnić, gdy ktoś zrezygnuje.",
    closedHeadline: "Losowanie jest zamknięte",
    closedText: "Nie można już wziąć udziału.",
    joinButton: "Weź udział w losowaniu",
    joiningButton: "Zgłaszanie…",
    joinAgainButton: "Weź udział ponownie",
    joinAnywayButton: "Spróbuj wziąć udział",
    waitingText:
      "Nie trzeba trzymać tej strony otwartej: zgłoszenie jest zachowane w tej przeglądarce. Wróć po losowaniu.",
    waitingTextUnstored:
      "Nie zamykaj tej strony: przeglądarka nie pozwala zachować zgłoszenia po jej zamknięciu.",
    drawingHeadline: "Trwa losowanie",
    drawingText: "Nie można już się zgłosić ani zrezygnować. Wynik pojawi się tu sam.",
    turnHeadline: "Wygrywasz",
    turnText: "Przejdź teraz do kasy. Wygrana jest tylko Twoja, dopóki nie minie czas.",
    turnTextShop: "Wróć do sklepu i tam kup. Wygrana jest tylko Twoja, dopóki nie minie czas.",
    turnOffline: "Nie masz teraz połączenia. Twoja wygrana jest zachowana; kontynuuj, gdy połączenie wróci.",
    completedText: "To Twoja wygrana, a zamówienie zostało przyjęte.",
    leftHeadline: "Nie bierzesz już udziału w losowaniu",
    leftText:
      "Zgłoszenie zostało wycofane zgodnie z prośbą. Możesz wziąć udział ponownie, dopóki losowanie jest otwarte.",
    leftTextClosed: "Zgłoszenie zostało wycofane zgodnie z prośbą. Losowanie jest już zamknięte.",
    expiredText: "Wygrana była Twoja, ale czas na zakup minął.",
    deniedHeadline: "Twoje zgłoszenie zostało wycofane",
    deniedText:
      "Organizator zdecydował, że nie możesz wziąć udziału w tym losowaniu. Skontaktuj się z nim, jeśli to pomyłka.",
    leaveButton: "Zrezygnuj z losowania",
    leaveTurnButton: "Zrezygnuj z wygranej",
    leaveQuestion: "Zrezygnować z losowania?",
    leaveTurnQuestion: "Zrezygnować z wygranej?",
    leaveWarning: "To ostateczne: w tym losowaniu nie da się jej odzyskać.",
    leaveEarlyWarning:
      "Możesz wziąć udział ponownie, dopóki losowanie jest otwarte. Każde zgłoszenie ma taką samą szansę, wczesne czy późne.",
    receiptText:
      "Dowodzi udziału w losowaniu. Zachowaj je, jeśli chcesz potem sprawdzić, czy losowanie było uczciwe.",
    receiptCheck: "Sprawdź, czy losowanie było uczciwe",
    alertLabel: "Odtwórz dźwięk, jeśli wygram i gdy będzie można kupić",
    carryText:
      "Otwórz link na swoim drugim urządzeniu w ciągu dziesięciu minut. Twoje zgłoszenie przeniesie się tam i nie będzie go już na tym. Kto ma link, może przejąć Twoje zgłoszenie: nie dawaj go nikomu.",
    carryHereText:
      "Twoje zgłoszenie do losowania przeniesie się z drugiego urządzenia na to, a na tamtym już go nie będzie.",
    carryReplacesText:
      "Ta przeglądarka ma w tym losowaniu własne zgłoszenie. Przepadnie ono, jeśli będziesz kontynuować z tym drugim.",
    carryHereBusy: "Przenoszenie zgłoszenia…",
    carryGoneText:
      "Został już użyty albo ma więcej niż dziesięć minut. Utwórz nowy na urządzeniu, na którym masz zgłoszenie.",
    titleTurn: "Wygrywasz!",
    titleOpen: "Weź udział w losowaniu",
    titleScheduled: "Jeszcze nie otwarte",
    connectionOffline: "Brak połączenia: zgłoszenie jest zachowane",
    connectionMaintenance: "Planowane prace: zgłoszenie jest zachowane",
    placeKept: "Twoje zgłoszenie jest zachowane.",
    spokenTurn: "Wygrywasz. Pozostały czas na zakup: {left}.",
    spokenLastMinute: "Wygrywasz. Na zakup pozostało tylko: {left}.",
    networkTitle: "Nie możemy teraz połączyć się z losowaniem",
    portalTitle: "Zamiast losowania odpowiedziało coś innego",
    portalText:
      "Być może sieć wymaga najpierw zalogowania albo losowanie jest uruchamiane ponownie. Strona wciąż próbuje.",
    plannedText: "Organizator pracuje nad losowaniem zgodnie z planem.",
    maintenanceTitle: "Trwają prace nad losowaniem",
    deviceTitle: "To zgłoszenie należy do innego urządzenia",
    deviceText:
      "Kontynuuj w telefonie lub przeglądarce, w której dokonano zgłoszenia: tam jest ono zachowane.",
    deviceUnknownText:
      "To losowanie rozróżnia urządzenia po znaczniku w przeglądarce. Pozwól tej stronie przechowywać dane i odśwież ją.",
    restrictedTitle: "Nie możesz wziąć udziału w tym losowaniu",
    restrictedText: "Organizator nie udostępnił go Tobie. Skontaktuj się z nim, jeśli to pomyłka.",
    restrictedLevelTitle: "To losowanie jest dla zalogowanych",
    sessionText:
      "Nastąpiło wylogowanie albo minął czas na powrót. Odśwież stronę; jeśli zgłoszenie nie wróci, weź udział ponownie.",
    movedTitle: "Twoje zgłoszenie przeniesiono na inne urządzenie",
    movedText: "Kontynuuj tam: zgłoszenie jest teraz na tamtym urządzeniu, a na tym już nie.",
    filledTitle: "Losowanie właśnie się zapełniło",
    shutTitle: "Losowanie zostało zamknięte",
    notOpenText: "Otworzy się o podanej porze. Wtedy można będzie wziąć udział.",
    doneTitle: "Masz już wygraną w tym losowaniu",
    doneText: "Wygrać można tylko raz.",
    goneTitle: "Tego losowania już nie ma",
    setupTitle: "To losowanie jest źle skonfigurowane",
  },
  own: {
    enterUntil: "Koniec zgłoszeń: {closing} Twojego czasu. Wczesne zgłoszenie nie daje przewagi.",
    drawnFrom: "Losowanie: {time} Twojego czasu.",
    winners: {
      one: "Wygrywa 1 osoba.",
      few: "Wygrywają {count} osoby.",
      many: "Wygrywa {count} osób.",
      other: "Wygrywa {count} osoby.",
    },
    entries: {
      one: "Udział bierze 1 osoba.",
      few: "Udział biorą {count} osoby.",
      many: "Udział bierze {count} osób.",
      other: "Udział bierze {count} osoby.",
    },
    closesLabel: "Zamknięcie za",
    closesDue: "Zamykanie…",
    enteredHeadline: "Bierzesz udział w losowaniu",
    titleEntered: "Bierzesz udział",
    drawnLabel: "Losowanie za",
    drawnDue: "Trwa losowanie…",
    wonHeadline: "Wygrywasz",
    wonText: "Czas na zakup zacznie się: {time} Twojego czasu. Wygrana jest dla Ciebie zachowana.",
    wonLabel: "Zakup możliwy za",
    lostHeadline: "Tym razem bez wygranej",
    lostText: "Zwycięzców wylosowano i Ciebie wśród nich nie ma. Wszyscy mieli taką samą szansę.",
    lostMayWin:
      "Jeśli zwycięzca nie dokona zakupu, wygrywa następna osoba w wylosowanej kolejności. Możesz to być Ty, a wynik pojawi się tutaj.",
    resultHeadline: "Losowanie się zakończyło",
    resultText: "Zwycięzców już wylosowano. Nie było Cię w tym losowaniu.",
    cancelledHeadline: "Losowanie zostało odwołane",
    cancelledText: "Organizator je odwołał. Nikt nie wygrywa.",
    voidHeadline: "Losowanie jest nieważne",
    voidText:
      "Potrzebna liczba losowa nie pojawiła się na czas, więc nikt nie wygrywa. Nie ma to związku z Tobą.",
    checkText: "Każdy może sprawdzić, czy było uczciwe.",
  },
};
