import { texts } from "../texts.ts";
import type { Catalogue } from "../words.ts";

/**
 * What a page says of a draw. The first part stands in the place of what it would say of a line, with the same placeholders; the
 * second is of draws alone. Other languages are of this shape.
 */
export const drawTexts = {
  loadingText: "We are looking for your entry.",
  scheduledHeadline: "The draw is not open yet",
  armButton: "Enter for me when it opens",
  armedText: "You will be entered the moment the draw opens. Keep this page open until then.",
  disarmButton: "Do not enter for me",
  openHeadline: "The draw is open",
  fullHeadline: "The draw is full",
  fullText: "It takes no more people. A place may come free when somebody leaves.",
  closedHeadline: "The draw is closed",
  closedText: "Nobody can enter any more.",
  joinButton: "Enter the draw",
  joiningButton: "Entering…",
  joinAgainButton: "Enter again",
  joinAnywayButton: "Try to enter",
  waitingText:
    "You need not keep this page open: your entry is kept in this browser. Come back after the draw.",
  waitingTextUnstored: "Keep this page open: your browser does not let us keep your entry when it is closed.",
  drawingHeadline: "The draw is being made",
  drawingText: "Nobody can enter or leave any more. The result shows here by itself.",
  turnHeadline: "You have won",
  turnText: "Go to the checkout now. What you have won is kept for you alone until the time runs out.",
  turnTextShop:
    "Go back to the shop and buy there. What you have won is kept for you alone until the time runs out.",
  turnOffline:
    "You have no connection right now. Your win is kept; go on as soon as you are connected again.",
  completedText: "You have won, and your order is in.",
  leftHeadline: "You have left the draw",
  leftText: "Your entry was taken out, as you asked. You can enter again until the draw closes.",
  leftTextClosed: "Your entry was taken out, as you asked. The draw is closed now.",
  expiredText: "You had won, and the time to buy has passed.",
  deniedHeadline: "Your entry was taken out",
  deniedText:
    "The organizer has decided that you cannot take part in this draw. Ask them if you think it is a mistake.",
  leaveButton: "Leave the draw",
  leaveTurnButton: "Give up what I have won",
  leaveQuestion: "Leave the draw?",
  leaveTurnQuestion: "Give up what you have won?",
  leaveWarning: "It is given up for good: you cannot win it back in this draw.",
  leaveEarlyWarning:
    "You can enter again until the draw closes. Every entry has the same chance, early or late.",
  receiptText:
    "It proves that you were in the draw. Keep it if you want to check afterwards that the draw was fair.",
  receiptCheck: "Check that the draw was fair",
  alertLabel: "Ring if I win, and when I can buy",
  carryText:
    "Open the link on your other device within ten minutes. Your entry moves there and is no longer on this one. Whoever has the link can take your entry: give it to nobody.",
  carryHereText:
    "Your entry in the draw moves from your other device to this one, and is no longer on the other.",
  carryReplacesText:
    "This browser has an entry of its own in this draw. It is lost if you go on with the other one.",
  carryHereBusy: "Moving your entry…",
  carryGoneText:
    "It has been used, or is older than ten minutes. Make a new one on the device that has your entry.",
  titleTurn: "You have won!",
  titleOpen: "Enter the draw",
  connectionOffline: "No connection: your entry is kept",
  connectionMaintenance: "Planned maintenance: your entry is kept",
  placeKept: "Your entry is kept.",
  spokenTurn: "You have won. You have {left} to buy.",
  spokenLastMinute: "You have won, and only {left} are left to buy.",
  networkTitle: "We cannot reach the draw right now",
  portalTitle: "Something else answered instead of the draw",
  portalText:
    "Your network may want you to sign in first, or the draw is being restarted. This page keeps trying.",
  plannedText: "The organizer is at work on the draw, as planned.",
  maintenanceTitle: "The draw is being looked after",
  deviceTitle: "This entry belongs to another device",
  deviceText: "Go on with the phone or browser in which you entered: the entry is kept there.",
  deviceUnknownText:
    "This draw tells devices apart by a mark kept in the browser. Allow this page to keep data, then reload it.",
  restrictedTitle: "You cannot take part in this draw",
  restrictedLevelTitle: "This draw is for people who signed in",
  sessionText:
    "You were signed out, or the time for coming back has passed. Reload the page; if your entry does not come back, enter again.",
  movedTitle: "Your entry has moved to another device",
  movedText: "Go on there: the entry is kept on that device, and on this one no more.",
  filledTitle: "The draw has just filled up",
  shutTitle: "The draw has closed",
  notOpenText: "It opens at the time shown. You can enter then.",
  doneTitle: "You have won in this draw already",
  goneTitle: "This draw does not exist any more",
  setupTitle: "This draw is not set up correctly",
} as const;

/** The words of draws alone. */
export const drawOwnTexts = {
  enterUntil: "You can enter until {closing}, your time. Being early gives no advantage.",
  drawnFrom: "The winners are drawn {time}, your time.",
  winners: { one: "1 person wins.", other: "{count} people win." },
  entries: { one: "1 person is in it.", other: "{count} people are in it." },
  closesLabel: "Closes in",
  closesDue: "Closing now…",
  enteredHeadline: "You are in the draw",
  titleEntered: "You are in",
  drawnLabel: "Drawn in",
  drawnDue: "Being drawn…",
  wonHeadline: "You have won",
  wonText: "Your time to buy begins {time}, your time. It is kept for you.",
  wonLabel: "You can buy in",
  lostHeadline: "You have not won this time",
  lostText: "The winners were drawn by chance, and you were not among them. Everybody had the same chance.",
  lostMayWin:
    "If a winner does not buy, the next one in the drawn order wins. It may be you, and it shows here.",
  resultHeadline: "The draw is over",
  resultText: "The winners have been drawn. You were not in this draw.",
  cancelledHeadline: "The draw was called off",
  cancelledText: "The organizer has called it off. Nobody wins.",
  voidHeadline: "The draw came to nothing",
  voidText:
    "The random number that it needed was not there in time, so nobody wins. It has nothing to do with you.",
  checkText: "Everybody can check that it was fair.",
} as const;

/** The words that only the document itself has, for when the script does not come. */
export const drawDocumentTexts = {
  slowStart: "This takes longer than usual. Your entry, if you have one, is kept.",
  scriptless:
    "This page needs JavaScript. Nothing is lost: allow it and reload the page, or open it in another browser. If you are in the draw already, go on in the browser in which you entered.",
  missingTitle: "There is no such draw",
  missingText:
    "The address may be incomplete, or the draw was taken away. Open the link from the shop again.",
  outageText:
    "It is back in a moment. If you are in it, your entry is kept, and this page comes back by itself.",
} as const;

/** All texts of a draw's page in English: those of a line, with those of draws over them. */
export const englishDrawTexts: Catalogue = asCatalogue({ ...texts, ...drawTexts, ...drawOwnTexts });

// The words of draws have the placeholders of the words of lines that they stand for: a test says so.
function asCatalogue(all: object): Catalogue {
  return all as Catalogue;
}
