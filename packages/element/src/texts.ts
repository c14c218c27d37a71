/** The words that only the document itself has, for when the script does not come. */
export const documentTexts = {
  slowStart: "This takes longer than usual. Your place, if you have one, is kept.",
  scriptless: "You can wait in line without JavaScript too, on a page of its own that loads again by itself.",
  plainLink: "Go on without JavaScript",
  plainPlace: "You joined a line here without JavaScript. That place is kept on the page for it.",
  plainPlaceLink: "Go to that page",
  missingTitle: "There is no such line",
  missingText:
    "The address may be incomplete, or the line was taken away. Open the link from the shop again.",
  outageText:
    "It is back in a moment. If you have a place in it, it is kept, and this page comes back by itself.",
} as const;

/**
 * Every word of the waiting page, by key, in English. `{name}` is filled in; a text that counts has a form for each plural that
 * `Intl.PluralRules` knows of its language. Other languages are of this shape.
 */
export const texts = {
  // How sentences are put together.
  sentence: "{text}.",
  gap: " ",
  languageLabel: "Language",

  // What the line looks like from outside.
  loadingHeadline: "One moment…",
  loadingText: "We are looking for your place in line.",
  scheduledHeadline: "The line is not open yet",
  scheduledText: "It opens {opening}, your time. This page opens with it: there is no need to reload.",
  scheduledTextUnknown: "It opens soon. This page opens with it: there is no need to reload.",
  scheduledLabel: "Opens in",
  scheduledDue: "Opening now…",
  zoneNote: "Your time zone: {own}. At the event: {opening} ({zone}).",
  armButton: "Join for me when it opens",
  armedText: "You will join the moment the line opens. Keep this page open until then.",
  disarmButton: "Do not join for me",

  // The order of those who come before the opening is drawn at it.
  noAdvantageText: "Being early gives no advantage: the order is drawn at the opening.",
  joinFromText: "Joining begins {from}, your time.",
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
  openWaiting: { one: "1 person waiting at the moment.", other: "{count} people waiting at the moment." },
  openNobody: "Nobody is waiting at the moment.",
  openUntil: "You can join until {closing}, your time.",
  pausedHeadline: "The line stands still for now",
  pausedOutside:
    "The organizer has paused it. You can join all the same: places are given out and kept, and the line moves on when the pause is over.",
  fullHeadline: "The line is full right now",
  fullText: "A place may come free when somebody leaves. Try again in a little while.",
  closedHeadline: "The line is closed",
  closedText: "Nobody can join any more.",
  waitlistLink: "Put yourself on the waitlist",
  endedHeadline: "The line has ended",
  endedText: "The organizer ended it. Nobody else will be served.",
  endedInside: "The organizer ended it before it was your turn. It has nothing to do with you.",
  soldOutHeadline: "Sold out",
  soldOutText: "Everything is sold, so the line has ended: nobody waits for nothing.",
  soldOutInside: "Everything was sold before it was your turn, so the line has ended.",
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
  stockSoldOut: "Everything is sold. You keep your place, and move on only if somebody gives something back.",
  stockSoldOutOutside: "Everything is sold. Who joins now is served only if somebody gives something back.",
  stockNone: "Nothing is there yet. You keep your place until there is.",
  stockEnough: "As things stand there is enough left for you.",
  stockLeft: {
    one: "1 left, and more people than that are before you.",
    other: "{count} left, and more people than that are before you.",
  },
  stockAllHeld: {
    one: "1 left, held by somebody who is buying now. It may come free.",
    other: "{count} left, all of them held by people who are buying now. Some may let theirs go.",
  },
  stockChanceNone: "Going by those before you, hardly anything will be left for you.",
  stockChanceSure: "Going by those before you, something will very likely be left for you.",
  stockChance: "Going by those before you, your chance is about {percent}.",
  waitingScheduled: "The line opens {opening}, your time. Your place in it is given out then.",
  waitingScheduledUnknown: "The line opens soon. Your place in it is given out then.",
  positionLabel: "Your place in line",
  positionUnknown: "…",
  progressLabel: "Your way to the front",
  progressText: "{percent} of the way",
  aheadLabel: "Ahead of you",
  waitLabel: "Estimated wait",
  waitUnknown: "not known yet",
  waitPaused: "paused",
  ticketText: "Ticket {ticket} · joined {joined}",
  people: { one: "1 person", other: "{count} people" },
  nobody: "nobody",

  // How long.
  waitMoment: "less than a minute",
  waitMinutes: { one: "about {from} to {count} minute", other: "about {from} to {count} minutes" },
  waitHours: { one: "about {from} to {count} hour", other: "about {from} to {count} hours" },
  waitDay: "more than a day",
  today: "today at {time}",
  onDay: "on {day} at {time}",

  // It is your turn.
  turnHeadline: "It is your turn",
  turnText: "Go to the checkout now. Your turn is kept for you alone until the time runs out.",
  turnTextShop:
    "Go back to the shop and finish there. Your turn is kept for you alone until the time runs out.",
  turnLabel: "Time left",
  turnUntil: "Until {end}, your time",
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
  receiptPrint: "Print the receipt",
  receiptShare: "Share the receipt",

  // Being told when it is one's turn.
  alertLabel: "Ring when it is my turn",
  alertText: "You have just heard how it sounds. It rings as long as this page is open.",
  alertNoticeText:
    "You have just heard how it sounds. It rings, and shows a notice, as long as this page is open.",
  alertFailed: "This browser does not let the page ring.",
  mailLabel: "Write to me when it is my turn",
  mailText: "We write one e-mail when it is your turn. First we confirm that the address is yours.",
  mailAddressLabel: "Your e-mail address",
  mailAddressButton: "Send me a code",
  mailCodeLabel: "The code from the e-mail",
  mailCodeButton: "Confirm",
  mailOn: "We write to {email} when it is your turn. Look in now and then all the same: e-mails can be late.",
  mailStop: "Do not write to me",
  mailCodeWrong: "That is not the code, or it is too old. Look at the newest e-mail, or ask for another.",
  mailTaken: "This address belongs to somebody who has signed in before. Use another one here.",
  mailFailed: "That did not work. Try again in a moment.",

  // Going on with another device.
  carryLabel: "Go on with another device",
  carryText:
    "Open the link on your other device within ten minutes. Your place moves there and is no longer on this one. Whoever has the link can take your place: give it to nobody.",
  carryButton: "Make a link",
  carryLinkLabel: "Link for your other device",
  carryFailed: "No link could be made. Try again in a moment.",
  shareButton: "Share",
  carryHereHeadline: "Go on here?",
  carryHereText:
    "Your place in line moves from your other device to this one, and is no longer on the other.",
  carryReplacesText:
    "This browser has a place of its own in this line. It is lost if you go on with the other one.",
  carryPlainText: "You joined this line here without JavaScript. You can go on with that place on this page.",
  carryHereButton: "Yes, go on here",
  carryHereBusy: "Moving your place…",
  carryNotButton: "No, not here",
  carryGoneTitle: "This link does not work any more",
  carryGoneText:
    "It has been used, or is older than ten minutes. Make a new one on the device that has your place.",

  // How live it is.
  connectionConnecting: "Connecting…",
  connectionStream: "Live",
  connectionPolling: "Checking every few seconds",
  connectionOffline: "No connection: your place is kept",
  connectionOfflineOutside: "No connection: trying again",
  connectionMaintenance: "Planned maintenance: your place is kept",
  connectionMaintenanceOutside: "Planned maintenance",

  // The tab's title.
  title: "{state} — {name}",
  titleWaiting: "({position}) In line",
  titleWaitingUnknown: "In line",
  titleTurn: "Your turn!",
  titleTurnOver: "Time is over",
  titleScheduled: "Not open yet",
  titleEarly: "Join before it opens",
  titleBeforeOpening: "You are in",
  titleDrawing: "Being drawn",
  titleOpen: "Join the line",

  // What a screen reader hears.
  spokenPosition: "You are number {position} in line, {ahead} ahead of you. Estimated wait: {wait}.",
  spokenTurn: "It is your turn. You have {left}.",
  spokenLastMinute: "It is your turn, and only {left} are left.",

  // What stands in the way: what happened, and what to do.
  placeKept: "Your place is kept.",
  reference: "Reference: {requestId}",
  reloadButton: "Reload the page",
  networkTitle: "We cannot reach the line right now",
  networkText: "The connection seems to be lost. This page keeps trying: you need not do anything.",
  networkActionTitle: "That did not get through",
  networkActionText: "The connection seems to be lost. Try again in a moment.",
  portalTitle: "Something else answered instead of the line",
  portalText:
    "Your network may want you to sign in first, or the line is being restarted. This page keeps trying.",
  rateLimitedTitle: "Too many requests at once",
  rateLimitedText: "Many phones can share one address, so it may not be you.",
  rateLimitedWait: "Please wait {time}. This page goes on by itself.",
  actionWait: "Please wait {time}, then try again.",
  rateLimitedOver: "You can go on now.",
  plannedTitle: "Planned maintenance",
  plannedText: "The organizer is at work on the line, as planned.",
  plannedWait: "This page tries again in {time} and goes on by itself.",
  plannedOver: "Trying again now…",
  maintenanceTitle: "The line is being looked after",
  maintenanceText: "It is back in a moment, and this page goes on by itself.",
  maintenanceActionText: "That did not get through. Try again in a moment.",
  serverTitle: "Something went wrong on our side",
  serverText: "We are trying again. If it stays like this, tell the organizer the reference below.",
  deviceTitle: "This place belongs to another device",
  deviceText: "Go on with the phone or browser in which you joined: the place is kept there.",
  deviceUnknownTitle: "Your browser hides what we need",
  deviceUnknownText:
    "This line tells devices apart by a mark kept in the browser. Allow this page to keep data, then reload it.",
  restrictedTitle: "You cannot take part in this line",
  restrictedText: "The organizer has not opened it to you. Ask them if you think it is a mistake.",
  restrictedLevelTitle: "This line is for people who signed in",
  restrictedLevelText: "Sign in at the shop first, then come back to this page from there.",
  movedTitle: "Your place has moved to another device",
  movedText: "Go on there: the place is kept on that device, and on this one no more.",
  sessionTitle: "This browser is not recognized any more",
  sessionText:
    "You were signed out, or the time for coming back has passed. Reload the page; if your place does not come back, join again.",
  filledTitle: "The line has just filled up",
  shutTitle: "The line has closed",
  notOpenText: "It opens at the time shown. You can join then.",
  doneTitle: "You have been through this line already",
  doneText: "It can be used only once.",
  tooLateTitle: "It was too late for that",
  tooLateText: "This page shows where you stand now.",
  goneTitle: "This line does not exist any more",
  goneText: "Go back to the shop and look for a newer link.",
  setupTitle: "This line is not set up correctly",
  setupText: "There is nothing that you can do. Please tell the organizer the reference below.",
  unknownTitle: "That did not work",
  unknownText: "Try again. If it stays like this, tell the organizer the reference below.",
} as const;
