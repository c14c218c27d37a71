import type { DrawTranslation } from "./draw-translation.ts";

export const es: DrawTranslation = {
  document: {
    slowStart: "Está tardando más de lo habitual. Si ya participa, su participación se guarda.",
    scriptless:
      "Esta página necesita JavaScript. No se pierde nada: permítalo y recargue la página, o ábrala en otro navegador. Si ya participa, continúe en el navegador con el que entró.",
    missingTitle: "Este sorteo no existe",
    missingText:
      "Puede que la dirección esté incompleta o que el sorteo se haya retirado. Vuelva a abrir el enlace desde la tienda.",
    outageText:
      "Vuelve en un momento. Si participa, su participación se guarda, y esta página volverá por sí sola.",
  },
  page: {
    loadingText: "Estamos buscando su participación.",
    scheduledHeadline: "El sorteo aún no está abierto",
    armButton: "Entrar por mí al abrir",
    armedText: "Participará en cuanto se abra el sorteo. Deje esta página abierta hasta entonces.",
    disarmButton: "No entrar por mí",
    openHeadline: "El sorteo está abierto",
    fullHeadline: "El sorteo está lleno",
    fullText: "No admite a más personas. Puede quedar un lugar libre si alguien se retira.",
    closedHeadline: "El sorteo está cerrado",
    closedText: "Ya no se puede participar.",
    joinButton: "Participar en el sorteo",
    joiningButton: "Entrando…",
    joinAgainButton: "Participar de nuevo",
    joinAnywayButton: "Intentar participar",
    waitingText:
      "No hace falta que deje esta página abierta: su participación se guarda en este navegador. Vuelva después del sorteo.",
    waitingTextUnstored:
      "Deje esta página abierta: su navegador no permite guardar su participación si la cierra.",
    drawingHeadline: "Se está celebrando el sorteo",
    drawingText: "Ya no se puede entrar ni salir. El resultado aparecerá aquí solo.",
    turnHeadline: "Ha ganado",
    turnText: "Vaya a pagar ahora. Lo que ha ganado es solo suyo hasta que se acabe el tiempo.",
    turnTextShop:
      "Vuelva a la tienda y compre allí. Lo que ha ganado es solo suyo hasta que se acabe el tiempo.",
    turnOffline: "Ahora no tiene conexión. Lo que ha ganado se guarda; continúe en cuanto vuelva a tenerla.",
    completedText: "Ha ganado y su pedido está registrado.",
    leftHeadline: "Ha salido del sorteo",
    leftText:
      "Se ha retirado su participación, como pidió. Puede participar de nuevo hasta que se cierre el sorteo.",
    leftTextClosed: "Se ha retirado su participación, como pidió. El sorteo ya está cerrado.",
    expiredText: "Había ganado y pasó el tiempo para comprar.",
    deniedHeadline: "Se ha retirado su participación",
    deniedText:
      "La organización ha decidido que no puede participar en este sorteo. Pregúntele si cree que es un error.",
    leaveButton: "Salir del sorteo",
    leaveTurnButton: "Renunciar a lo que he ganado",
    leaveQuestion: "¿Salir del sorteo?",
    leaveTurnQuestion: "¿Renunciar a lo que ha ganado?",
    leaveWarning: "Es definitivo: no podrá volver a ganarlo en este sorteo.",
    leaveEarlyWarning:
      "Puede participar de nuevo hasta que se cierre el sorteo. Cada participación tiene la misma probabilidad, pronto o tarde.",
    leaveNo: "No, seguir",
    receiptText:
      "Demuestra que participó en el sorteo. Guárdelo si quiere comprobar después que el sorteo fue justo.",
    receiptCheck: "Comprobar que el sorteo fue justo",
    alertLabel: "Sonar si gano y cuando pueda comprar",
    carryText:
      "Abra el enlace en su otro dispositivo antes de diez minutos. Su participación pasa allí y deja de estar en este. Quien tenga el enlace puede quedarse con su participación: no se lo dé a nadie.",
    carryHereText:
      "Su participación en el sorteo pasa de su otro dispositivo a este y deja de estar en el otro.",
    carryReplacesText:
      "Este navegador tiene su propia participación en este sorteo. Se pierde si usted sigue con la otra.",
    carryHereBusy: "Trasladando su participación…",
    carryGoneText:
      "Ya se ha usado o tiene más de diez minutos. Cree uno nuevo en el dispositivo que tiene su participación.",
    titleTurn: "¡Ha ganado!",
    titleOpen: "Participar en el sorteo",
    titleScheduled: "Aún no está abierto",
    connectionOffline: "Sin conexión: su participación se guarda",
    connectionMaintenance: "Mantenimiento previsto: su participación se guarda",
    placeKept: "Su participación se guarda.",
    spokenTurn: "Ha ganado. Tiempo restante para comprar: {left}.",
    spokenLastMinute: "Ha ganado. Solo quedan {left} para comprar.",
    networkTitle: "No podemos conectar con el sorteo ahora mismo",
    portalTitle: "Ha respondido algo que no es el sorteo",
    portalText:
      "Puede que su red le pida identificarse primero, o que el sorteo se esté reiniciando. Esta página sigue intentándolo.",
    plannedText: "La organización está trabajando en el sorteo, según lo previsto.",
    maintenanceTitle: "Se está trabajando en el sorteo",
    deviceTitle: "Esta participación es de otro dispositivo",
    deviceText: "Siga con el teléfono o el navegador con el que entró: allí se guarda la participación.",
    deviceUnknownText:
      "Este sorteo distingue los dispositivos por una marca guardada en el navegador. Permita que esta página guarde datos y recárguela.",
    restrictedTitle: "No puede participar en este sorteo",
    restrictedText: "La organización no lo ha abierto para usted. Pregúntele si cree que es un error.",
    restrictedLevelTitle: "Este sorteo es para quienes han iniciado sesión",
    sessionText:
      "Se ha cerrado su sesión o ha pasado el plazo para volver. Recargue la página; si su participación no aparece, participe de nuevo.",
    movedTitle: "Su participación ha pasado a otro dispositivo",
    movedText: "Siga allí: la participación se guarda ahora en ese dispositivo y ya no en este.",
    filledTitle: "El sorteo acaba de llenarse",
    shutTitle: "El sorteo se ha cerrado",
    notOpenText: "Se abre a la hora indicada. Entonces podrá participar.",
    doneTitle: "Ya ha ganado en este sorteo",
    doneText: "Solo es posible una vez.",
    goneTitle: "Este sorteo ya no existe",
    setupTitle: "Este sorteo no está bien configurado",
  },
  own: {
    enterUntil: "Cierre: {closing}, en su hora. Llegar pronto no da ventaja.",
    drawnFrom: "El sorteo se celebra {time}, en su hora.",
    winners: {
      one: "Gana 1 persona.",
      many: "Ganan {count} de personas.",
      other: "Ganan {count} personas.",
    },
    entries: {
      one: "Participa 1 persona.",
      many: "Participan {count} de personas.",
      other: "Participan {count} personas.",
    },
    closesLabel: "Se cierra en",
    closesDue: "Cerrando…",
    enteredHeadline: "Participa en el sorteo",
    titleEntered: "Ya participa",
    drawnLabel: "Sorteo en",
    drawnDue: "Sorteando…",
    wonHeadline: "Ha ganado",
    wonText: "Su tiempo para comprar empieza {time}, en su hora. Se le guarda.",
    wonLabel: "Podrá comprar en",
    lostHeadline: "Esta vez no ha ganado",
    lostText:
      "Las personas ganadoras se eligieron por sorteo y no le ha tocado. Todo el mundo tenía la misma probabilidad.",
    lostMayWin:
      "Si alguien que ha ganado no compra, gana la siguiente persona en el orden del sorteo. Puede ser usted, y aparecerá aquí.",
    resultHeadline: "El sorteo ha terminado",
    resultText: "Ya se ha sorteado quién gana. Usted no participó en este sorteo.",
    cancelledHeadline: "El sorteo se ha cancelado",
    cancelledText: "La organización lo ha cancelado. No gana nadie.",
    voidHeadline: "El sorteo ha quedado sin efecto",
    voidText:
      "El número aleatorio necesario no llegó a tiempo, así que no gana nadie. No tiene nada que ver con usted.",
    checkText: "Cualquiera puede comprobar que fue justo.",
  },
};
