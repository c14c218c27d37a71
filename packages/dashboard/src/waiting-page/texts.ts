/** The words that only the document itself has, for when the script does not come. */
export const documentTexts = {
  slowStart: "This takes longer than usual. Your place, if you have one, is kept.",
  scriptless:
    "This page needs JavaScript for now. Nothing is lost: allow it and reload the page, or open it in another browser. If you have a place in line already, go on in the browser in which you joined.",
} as const;

/** Every word of the waiting page, by key. English for now; another language is another object of this shape. */
export const texts = {
  // What the line looks like from outside.
  loadingHeadline: "One moment…",
  loadingText: "We are looking for your place in line.",
  scheduledHeadline: "The line is not open yet",
  scheduledText: (opening: string) =>
    `It opens ${opening}, your time. This page opens with it: there is no need to reload.`,
  scheduledTextUnknown: "It opens soon. This page opens with it: there is no need to reload.",
  scheduledLabel: "Opens in",
  scheduledDue: "Opening now…",
  armButton: "Join for me when it opens",
  armedText: "You will join the moment the line opens. Keep this page open until then.",
  disarmButton: "Do not join for me",

  // The order of those who come before the opening is drawn at it.
  noAdvantageText: "Being early gives no advantage: the order is drawn at the opening.",
  joinFromText: (from: string) => `Joining begins ${from}, your time.`,
  armEarlyButton: "Join for me when I can",
  armedEarlyText: "You will join as soon as that is possible. Keep this page open until then.",
  earlyHeadline: "You can join before it opens",
  joinEarlyButton: "Join now",
  beforeOpeningHeadline: "You are in",
  drawingHeadline: "The order is being drawn",
  drawingText:
    "The line has opened. Everybody who came before gets a place by chance, in a moment, and yours shows here by itself.",
  drawingLateText:
    "The line has opened. You came after that, so your place is behind everybody who came before. It shows here in a moment, by itself.",
  drawingOutside:
    "The order of those who came before the opening is being drawn. Join now to get your place behind them.",
  drawnText: "Your place was drawn at the opening, among everybody who came before it.",
  openHeadline: "The line is open",
  openText: "Join now to get your place. Everyone is served in the order of arrival.",
  openWaiting: (people: string) => `${people} waiting at the moment.`,
  openNobody: "Nobody is waiting at the moment.",
  openUntil: (closing: string) => `You can join until ${closing}, your time.`,
  pausedHeadline: "The line stands still for now",
  pausedOutside:
    "The organizer has paused it. You can join all the same: places are given out and kept, and the line moves on when the pause is over.",
  fullHeadline: "The line is full right now",
  fullText: "A place may come free when somebody leaves. Try again in a little while.",
  closedHeadline: "The line is closed",
  closedText: "Nobody can join any more.",
  endedHeadline: "The line has ended",
  endedText: "The organizer ended it. Nobody else will be served.",
  endedInside: "The organizer ended it before it was your turn. It has nothing to do with you.",
  allAdmittedOutside: "Everything has been given out for now. A place may come free if somebody lets it go.",
  joinButton: "Join the line",
  joiningButton: "Joining…",
  joinAgainButton: "Join again",
  joinAnywayButton: "Try to join",
  slowWork: "This takes longer than usual. Keep the page open: we keep trying.",

  // In line.
  waitingHeadline: "You are in line",
  waitingNextHeadline: "You are next",
  waitingText:
    "Keep this page open or come back later: your place is kept in this browser. When it is your turn you have limited time, so look in now and then.",
  waitingTextUnstored:
    "Keep this page open: your browser does not let us keep your place when it is closed. When it is your turn you have limited time.",
  waitingPaused:
    "The organizer has paused the line, so it stands still. Every place is kept, and it moves on by itself.",
  waitingClosed: "Nobody else can join now. Everyone who is in line, like you, is still served.",
  waitingAllAdmitted:
    "Everything has been given out for now. You keep your place, and move on if somebody lets theirs go.",
  waitingScheduled: (opening: string) =>
    `The line opens ${opening}, your time. Your place in it is given out then.`,
  waitingScheduledUnknown: "The line opens soon. Your place in it is given out then.",
  positionLabel: "Your place in line",
  positionUnknown: "…",
  progressLabel: "Your way to the front",
  progressText: (percent: string) => `${percent} of the way`,
  aheadLabel: "Ahead of you",
  waitLabel: "Estimated wait",
  waitUnknown: "not known yet",
  waitPaused: "paused",
  ticketText: (ticket: string, joined: string) => `Ticket ${ticket} · joined ${joined}`,
  people: (count: string, isOne: boolean) => (isOne ? "1 person" : `${count} people`),
  nobody: "nobody",

  // How long.
  waitMoment: "less than a minute",
  waitMinutes: (minutes: string) => (minutes === "1" ? "about 1 minute" : `about ${minutes} minutes`),
  waitHours: (hours: string) => (hours === "1" ? "about 1 hour" : `about ${hours} hours`),
  waitDay: "more than a day",
  today: (time: string) => `today at ${time}`,
  onDay: (day: string, time: string) => `on ${day} at ${time}`,
  days: (days: string) => (days === "1" ? "1 day" : `${days} days`),

  // It is your turn.
  turnHeadline: "It is your turn",
  turnText: "Go to the checkout now. Your turn is kept for you alone until the time runs out.",
  turnTextShop:
    "Go back to the shop and finish there. Your turn is kept for you alone until the time runs out.",
  turnLabel: "Time left",
  turnUntil: (end: string) => `Until ${end}, your time`,
  turnOffline:
    "You have no connection right now. Your turn is kept; go on as soon as you are connected again.",
  turnMaintenance: "Your time does not run during the maintenance: all of it is left when it is over.",
  checkoutLink: "Go to checkout",
  checkoutBusy: "Opening the checkout…",
  turnOverHeadline: "Your time is over",
  turnOverText:
    "The time to go to the checkout has run out. If you are paying at this moment, it can still count for a little while.",
  tokenSummary: "The shop asks for an admission token?",
  tokenLabel: "Admission token",
  tokenText:
    "Copy it and paste it in the shop. It is renewed here all the time: copy it again if it is refused.",
  copyButton: "Copy",
  copiedButton: "Copied",

  // It is over.
  completedHeadline: "All done",
  completedText: "Your turn was used and your order is in. Thank you for waiting in line.",
  leftHeadline: "You have left the line",
  leftText: "Your place was given up, as you asked. You can join again at the end of the line.",
  leftTextEarly: "Your place was given up, as you asked. You can join again before the opening.",
  leftTextClosed: "Your place was given up, as you asked. The line is closed now.",
  expiredHeadline: "Your time ran out",
  expiredText:
    "It was your turn, and the time to buy has passed, so the place went to the next person. You can join again at the end of the line.",
  expiredTextClosed:
    "It was your turn, and the time to buy has passed, so the place went to the next person. The line is closed now.",
  deniedHeadline: "Your place was taken back",
  deniedText:
    "The organizer has decided that you cannot go on in this line. Ask them if you think it is a mistake.",

  // Leaving.
  leaveButton: "Give up my place",
  leaveTurnButton: "Give up my turn",
  leaveQuestion: "Give up your place?",
  leaveTurnQuestion: "Give up your turn?",
  leaveWarning: "It goes to the next person at once. If you join again, you start at the end of the line.",
  leaveEarlyWarning: "You can join again before the opening. After it, you start at the end of the line.",
  leaveYes: "Yes, give it up",
  leavingButton: "Giving it up…",
  leaveNo: "No, keep it",

  // The receipt.
  receiptSummary: "Your receipt",
  receiptText:
    "It proves that you joined, and when. Keep it if you may want to check later that the order was fair.",
  receiptSave: "Save the receipt",
  receiptCheck: "Check that the order was fair",

  // How live it is.
  connection: {
    connecting: "Connecting…",
    stream: "Live",
    polling: "Checking every few seconds",
    offline: "No connection: your place is kept",
    offlineOutside: "No connection: trying again",
    maintenance: "Planned maintenance: your place is kept",
    maintenanceOutside: "Planned maintenance",
  },

  // The tab's title.
  title: (state: string, name: string) => `${state} — ${name}`,
  titleWaiting: (position: string) => `(${position}) In line`,
  titleWaitingUnknown: "In line",
  titleTurn: "Your turn!",
  titleTurnOver: "Time is over",
  titleScheduled: "Not open yet",
  titleEarly: "Join before it opens",
  titleBeforeOpening: "You are in",
  titleDrawing: "Being drawn",
  titleOpen: "Join the line",

  // What a screen reader hears.
  spokenPosition: (position: string, ahead: string, wait: string) =>
    `You are number ${position} in line, ${ahead} ahead of you. Estimated wait: ${wait}.`,
  spokenTurn: (left: string) => `It is your turn. You have ${left}.`,
  spokenLastMinute: (left: string) => `It is your turn, and only ${left} are left.`,
  spokenMinutes: (minutes: string) => (minutes === "1" ? "1 minute" : `${minutes} minutes`),
  spokenSeconds: (seconds: string) => (seconds === "1" ? "1 second" : `${seconds} seconds`),

  // What stands in the way: what happened, and what to do.
  placeKept: "Your place is kept.",
  reference: (requestId: string) => `Reference: ${requestId}`,
  reloadButton: "Reload the page",
  problems: {
    network: {
      title: "We cannot reach the line right now",
      text: "The connection seems to be lost. This page keeps trying: you need not do anything.",
    },
    networkAction: {
      title: "That did not get through",
      text: "The connection seems to be lost. Try again in a moment.",
    },
    portal: {
      title: "Something else answered instead of the line",
      text: "Your network may want you to sign in first, or the line is being restarted. This page keeps trying.",
    },
    rateLimited: {
      title: "Too many requests at once",
      text: "Many phones can share one address, so it may not be you.",
    },
    rateLimitedWait: (seconds: string) => `Please wait ${seconds}. This page goes on by itself.`,
    rateLimitedActionWait: (seconds: string) => `Please wait ${seconds}, then try again.`,
    rateLimitedOver: "You can go on now.",
    planned: {
      title: "Planned maintenance",
      text: "The organizer is at work on the line, as planned.",
    },
    plannedWait: (seconds: string) => `This page tries again in ${seconds} and goes on by itself.`,
    plannedActionWait: (seconds: string) => `Please wait ${seconds}, then try again.`,
    plannedOver: "Trying again now…",
    maintenance: {
      title: "The line is being looked after",
      text: "It is back in a moment, and this page goes on by itself.",
    },
    maintenanceAction: {
      title: "The line is being looked after",
      text: "That did not get through. Try again in a moment.",
    },
    server: {
      title: "Something went wrong on our side",
      text: "We are trying again. If it stays like this, tell the organizer the reference below.",
    },
    device: {
      title: "This place belongs to another device",
      text: "Go on with the phone or browser in which you joined: the place is kept there.",
    },
    deviceUnknown: {
      title: "Your browser hides what we need",
      text: "This line tells devices apart by a mark kept in the browser. Allow this page to keep data, then reload it.",
    },
    restricted: {
      title: "You cannot take part in this line",
      text: "The organizer has not opened it to you. Ask them if you think it is a mistake.",
    },
    restrictedLevel: {
      title: "This line is for people who signed in",
      text: "Sign in at the shop first, then come back to this page from there.",
    },
    session: {
      title: "This browser is not recognized any more",
      text: "You were signed out, or the time for coming back has passed. Reload the page; if your place does not come back, join again.",
    },
    full: {
      title: "The line has just filled up",
      text: "A place may come free when somebody leaves. Try again in a little while.",
    },
    closed: { title: "The line has closed", text: "Nobody can join any more." },
    notOpen: { title: "The line is not open yet", text: "It opens at the time shown. You can join then." },
    completed: { title: "You have been through this line already", text: "It can be used only once." },
    tooLate: { title: "It was too late for that", text: "This page shows where you stand now." },
    gone: {
      title: "This line does not exist any more",
      text: "Go back to the shop and look for a newer link.",
    },
    setup: {
      title: "This line is not set up correctly",
      text: "There is nothing that you can do. Please tell the organizer the reference below.",
    },
    unknown: {
      title: "That did not work",
      text: "Try again. If it stays like this, tell the organizer the reference below.",
    },
  },
} as const;
