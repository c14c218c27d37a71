import { errorCodes, errorTable, isRetryable } from "@stanchion/contract";
import {
  type Board,
  type Entry,
  type QueueSnapshot,
  StanchionError,
  type StanchionErrorFacts,
} from "@stanchion/sdk";
import { describe, expect, test } from "vitest";
import type { PageState } from "./page-state.ts";
import type { Failure } from "./problem.ts";
import { texts } from "./texts.ts";
import { viewOf } from "./view.ts";
import { createWords } from "./words.ts";

const words = createWords(texts, { locale: "en-GB", timeZone: "Europe/Berlin" });
const { say } = words;
const nowMs = Date.parse("2026-03-08T09:00:00.000Z");
const queueId = "queue_01h455vb4pex5vsknk084sn02q";

describe("a line whose order is drawn at the opening", () => {
  const shuffled = { shuffleBeforeOpen: true, openAt: "2026-03-08T10:00:00.000Z" };
  const undrawn = entryWith({
    ticket: 7,
    rank: null,
    position: null,
    ahead: null,
    estimatedWaitSeconds: null,
  });

  test("can be joined before, says when it opens and that being early is no advantage", () => {
    const view = viewWith({ queueStatus: "SCHEDULED" }, { queue: queueWith(shuffled) });
    expect(view).toMatchObject({ scene: "early", headline: texts.earlyHeadline, isTicking: true });
    expect(view.paragraphs).toEqual([
      expect.stringContaining("today at 11:00, your time"),
      "Being early gives no advantage: the order is drawn at the opening.",
    ]);
    expect(view.countdown).toEqual({ label: "Opens in", text: "1:00:00", note: "" });
    expect(view.button).toMatchObject({ action: "join", label: "Join now" });
  });

  test("says from when on it can be joined, and joins then for whoever asks", () => {
    const queue = queueWith({ ...shuffled, joinFrom: "2026-03-08T09:30:00.000Z" });
    const view = viewWith({ queueStatus: "SCHEDULED" }, { queue });
    expect(view).toMatchObject({
      scene: "scheduled",
      button: { action: "arm", label: texts.armEarlyButton },
    });
    expect(view.paragraphs).toContain("Joining begins today at 10:30, your time.");
    expect(view.paragraphs).toContain(texts.noAdvantageText);
    const armed = viewWith({ queueStatus: "SCHEDULED" }, { queue, isArmed: true });
    expect(armed.paragraphs).toContain(texts.armedEarlyText);
    const later = viewWith({ queueStatus: "SCHEDULED", clockOffsetMs: 1_800_000 }, { queue });
    expect(later.scene).toBe("early");
  });

  test("has whoever joined wait for the opening, without a place", () => {
    const board = boardWith({ status: "SCHEDULED" });
    const snapshot = { phase: "waiting", queueStatus: "SCHEDULED", board, entry: undrawn } as const;
    const view = viewWith(snapshot, { queue: queueWith(shuffled) });
    expect(view).toMatchObject({
      scene: "before-opening",
      headline: "You are in",
      place: null,
      button: null,
    });
    expect(view.paragraphs).toContain(texts.noAdvantageText);
    expect(view.countdown?.text).toBe("1:00:00");
    expect(view.leave?.warning).toBe(texts.leaveEarlyWarning);
    expect(view.documentTitle).toBe("You are in — Spring drop");
    expect(viewWith(snapshot)).toMatchObject({ scene: "before-opening", countdown: null });
    const closed = { ...snapshot, queueStatus: "CLOSED", board: boardWith({ status: "CLOSED" }) } as const;
    expect(viewWith(closed, { queue: queueWith(shuffled) }).scene).toBe("before-opening");
  });

  test("says that the order is being drawn, and to who came after the opening where they stand", () => {
    const board = boardWith({ status: "DRAWING" });
    const snapshot = { phase: "waiting", queueStatus: "DRAWING", board, entry: undrawn } as const;
    const view = viewWith(snapshot, { queue: queueWith(shuffled) });
    expect(view).toMatchObject({ scene: "drawing", headline: "The order is being drawn", place: null });
    expect(view.paragraphs).toEqual([texts.drawingText]);
    const late = { ...undrawn, enteredAt: "2026-03-08T10:00:03.000Z" };
    const ofLate = viewWith({ ...snapshot, entry: late }, { queue: queueWith(shuffled) });
    expect(ofLate.paragraphs).toEqual([texts.drawingLateText]);
  });

  test("can be joined while the order is drawn, behind those who came before", () => {
    const view = viewWith({ queueStatus: "DRAWING" }, { queue: queueWith(shuffled) });
    expect(view).toMatchObject({ scene: "open", button: { action: "join" } });
    expect(view.paragraphs).toContain(texts.drawingOutside);
  });

  test("shows the place once it is drawn, and why it is that one", () => {
    const board = boardWith({ shuffle: { count: 9, seed: "00".repeat(32) } });
    const snapshot = { phase: "waiting", queueStatus: "OPEN", board, position: 3, ahead: 2 } as const;
    const view = viewWith({ ...snapshot, entry: { ...undrawn, rank: 3 } });
    expect(view).toMatchObject({ scene: "waiting", place: { position: "3" } });
    expect(view.hints).toContain(texts.drawnText);
    const late = viewWith({ ...snapshot, entry: { ...undrawn, ticket: 10, rank: 10 } });
    expect(late.hints).not.toContain(texts.drawnText);
  });

  test("gives the receipt to be saved, and to be checked once there is something to check", () => {
    const receipt = { body: { ticket: 7 }, salt: "ünsafe" } as unknown as NonNullable<Entry["receipt"]>;
    const snapshot = { phase: "waiting", queueStatus: "SCHEDULED", entry: { ...undrawn, receipt } } as const;
    const before = viewWith(snapshot).receipt;
    expect(before).toMatchObject({ fileName: `receipt-${queueId}.json`, checkHref: null });
    expect(decodeURIComponent(before?.href.split(",")[1] ?? "")).toBe(JSON.stringify(receipt));
    const board = boardWith({ shuffle: { count: 9, seed: "00".repeat(32) } });
    const { checkHref = "" } = viewWith({ ...snapshot, board }).receipt ?? {};
    const [page, packed = ""] = (checkHref ?? "").split("#receipt=");
    expect(page).toBe(`/verify?queue=${queueId}`);
    expect(JSON.parse(Buffer.from(packed, "base64url").toString())).toEqual(receipt);
    expect(viewWith({ phase: "waiting", entry: undrawn }).receipt).toBe(null);
  });

  test("says to who left before the opening that they can come again", () => {
    const view = viewWith({ phase: "left", queueStatus: "SCHEDULED", entry: undrawn });
    expect(view.paragraphs).toEqual([texts.leftTextEarly]);
  });
});

describe("outside the line", () => {
  test("says that it looks for the place while nothing is known", () => {
    const view = viewWith({ phase: "loading", queueStatus: null });
    expect(view).toMatchObject({
      scene: "loading",
      headline: texts.loadingHeadline,
      button: null,
      problem: null,
    });
  });

  test("counts down to the opening by the server's clock, in the fan's own time zone", () => {
    const view = viewWith(
      { queueStatus: "SCHEDULED", clockOffsetMs: 5_000 },
      { queue: queueWith({ openAt: "2026-03-08T10:00:00.000Z" }) },
    );
    expect(view.scene).toBe("scheduled");
    expect(view.paragraphs[0]).toContain("today at 11:00, your time");
    expect(view.countdown).toEqual({ label: "Opens in", text: "59:55", note: "" });
    expect(view.button).toMatchObject({ action: "arm" });
    expect(view.isTicking).toBe(true);
  });

  test("names the fan's own time zone and the event's where their clocks differ", () => {
    const openAt = "2026-03-08T10:00:00.000Z";
    const noteAt = (timeZone: string) =>
      viewWith({ queueStatus: "SCHEDULED" }, { queue: queueWith({ openAt, timeZone }) }).countdown?.note;
    expect(noteAt("America/New_York")).toBe(
      "Your time zone: Central European Standard Time. At the event: today at 06:00 (Eastern Daylight Time).",
    );
    expect(noteAt("Europe/Paris")).toBe("");
    expect(noteAt("Mars/Olympus")).toBe("");
  });

  test("says that it opens soon when the time is not known", () => {
    const view = viewWith({ queueStatus: "SCHEDULED" });
    expect(view).toMatchObject({ paragraphs: [texts.scheduledTextUnknown], countdown: null });
  });

  test.each<[string, Partial<QueueSnapshot>, Parameters<typeof queueWith>[0]]>([
    ["scheduled", { queueStatus: "SCHEDULED" }, {}],
    ["full", { queueStatus: "OPEN" }, { capacity: 1, waiting: 1 }],
    ["closed", { queueStatus: "CLOSED" }, {}],
    ["ended", { queueStatus: "CLOSED", board: boardWith({ reason: "SOLD_OUT" }) }, {}],
  ])("leads who cannot join to the waitlist, where there is one: %s", (scene, snapshot, queue) => {
    const waitlistUrl = "https://shop.example/waitlist";
    const view = viewWith(snapshot, { queue: queueWith({ ...queue, waitlistUrl }) });
    expect(view).toMatchObject({ scene, waitlist: { href: waitlistUrl, label: texts.waitlistLink } });
    expect(viewWith(snapshot, { queue: queueWith(queue) }).waitlist).toBeNull();
  });

  test("leads nobody to the waitlist who can join", () => {
    const queue = queueWith({ waitlistUrl: "https://shop.example/waitlist" });
    expect(viewWith({ queueStatus: "OPEN" }, { queue })).toMatchObject({ scene: "open", waitlist: null });
  });

  test("says nothing aloud before anything is known, and ends no sentence twice", () => {
    expect(viewWith({ phase: "loading" }, { queue: null })).toMatchObject({
      scene: "loading",
      spoken: { key: "" },
    });
    const asking = viewWith({ phase: "outside", queueStatus: "OPEN" }, { offer: "link" });
    expect(asking.headline).toMatch(/\?$/);
    expect(asking.spoken.text).not.toContain("?.");
  });

  test("does not count below zero while the opening is late", () => {
    const queue = queueWith({ openAt: "2026-03-08T08:59:58.000Z" });
    expect(viewWith({ queueStatus: "SCHEDULED" }, { queue }).countdown?.text).toBe(texts.scheduledDue);
  });

  test("says that it joins at the opening once it was asked to, and how to take that back", () => {
    const view = viewWith({ queueStatus: "SCHEDULED" }, { isArmed: true });
    expect(view.paragraphs).toContain(texts.armedText);
    expect(view.button).toMatchObject({ action: "disarm", isQuiet: true });
  });

  test("offers to join an open line and says how many wait", () => {
    const view = viewWith({ queueStatus: "OPEN", board: boardWith({ waiting: 1 }) });
    expect(view.button).toEqual({ action: "join", label: "Join the line", isQuiet: false, isBusy: false });
    expect(view.paragraphs).toEqual([texts.openText, "1 person waiting at the moment."]);
    expect(view.documentTitle).toBe("Join the line — Spring drop");
  });

  test("says until when one can join", () => {
    const view = viewWith(
      { queueStatus: "OPEN" },
      { queue: queueWith({ closeAt: "2026-03-08T17:00:00.000Z" }) },
    );
    expect(view.paragraphs.at(-1)).toContain("You can join until 18:00, your time.");
  });

  test("lets join a paused line and says why it stands still", () => {
    const view = viewWith({ queueStatus: "PAUSED" });
    expect(view).toMatchObject({ scene: "open", headline: texts.pausedHeadline });
    expect(view.paragraphs[0]).toBe(texts.pausedOutside);
    expect(view.button?.action).toBe("join");
  });

  test("says when everything was given out", () => {
    const board = boardWith({ reason: "ALL_ADMITTED" });
    expect(viewWith({ queueStatus: "OPEN", board }).paragraphs).toContain(texts.allAdmittedOutside);
  });

  test("says that the line is full, and lets the fan try", () => {
    const board = boardWith({ waiting: 50 });
    const view = viewWith({ queueStatus: "OPEN", board }, { queue: queueWith({ capacity: 50 }) });
    expect(view).toMatchObject({ scene: "full", button: { action: "join", label: "Try to join" } });
  });

  test("says that the line is closed, without a button", () => {
    expect(viewWith({ queueStatus: "CLOSED" })).toMatchObject({ scene: "closed", button: null });
  });

  test("says that the line was ended", () => {
    const board = boardWith({ reason: "ENDED_BY_OPERATOR" });
    expect(viewWith({ queueStatus: "CLOSED", board })).toMatchObject({
      scene: "ended",
      paragraphs: [texts.endedText],
    });
  });

  test("shows that it is joining, and after a while that it takes long", () => {
    const work = { kind: "join", sinceMs: nowMs - 1_000 } as const;
    const view = viewWith({ queueStatus: "OPEN" }, { work });
    expect(view.button).toMatchObject({ label: texts.joiningButton, isBusy: true });
    expect(view.hints).toEqual([]);
    const later = viewOf(stateWith({ queueStatus: "OPEN" }, { work }), nowMs + 5_000);
    expect(later.hints).toEqual([texts.slowWork]);
  });
});

describe("where there is only so much of it", () => {
  const stock = { total: 100, left: 10, free: 4, allHeld: false, soldOut: false, returnedPercent: 20 };
  const hintsOf = (more: object, ahead: number) =>
    viewWith({
      phase: "waiting",
      queueStatus: "OPEN",
      position: ahead + 1,
      ahead,
      board: boardWith({ stock: { ...stock, ...more } }),
    }).hints;

  test("says what is left and what that means for the place", () => {
    expect(hintsOf({}, 3)[0]).toBe(texts.stockEnough);
    expect(hintsOf({}, 8)[0]).toBe(
      `${say("stockLeft", { count: 10 })} ${say("stockChance", { percent: "13%" })}`,
    );
    expect(hintsOf({ returnedPercent: null }, 8)[0]).toBe(say("stockLeft", { count: 10 }));
    expect(hintsOf({ free: 0, allHeld: true }, 200)[0]).toBe(
      `${say("stockAllHeld", { count: 10 })} ${texts.stockChanceNone}`,
    );
    expect(hintsOf({ left: 0, free: 0, soldOut: true }, 0)[0]).toBe(texts.stockSoldOut);
  });

  test("does not promise a wait while all of it is held, and says so to who comes", () => {
    const board = boardWith({ stock: { ...stock, free: 0, allHeld: true } });
    const view = viewWith({
      phase: "waiting",
      queueStatus: "OPEN",
      position: 3,
      ahead: 2,
      estimatedWaitSeconds: 20,
      board,
    });
    expect(view.place?.wait).toBe("not known yet");
    expect(viewWith({ queueStatus: "OPEN", board }).paragraphs).toContain(say("stockAllHeld", { count: 10 }));
    expect(hintsOf({ total: 0, left: 0, free: 0 }, 2)[0]).toBe(texts.stockNone);
  });

  test("says of who was denied in person nothing of the stock", () => {
    const board = boardWith({ reason: "SOLD_OUT" });
    expect(
      viewWith({ phase: "denied", queueStatus: "CLOSED", board, entry: entryWith({ status: "DENIED" }) }),
    ).toMatchObject({
      scene: "denied",
    });
  });

  test("says that everything is sold, to those inside and outside", () => {
    const board = boardWith({ reason: "SOLD_OUT" });
    const scenes = [
      viewWith({ queueStatus: "CLOSED", board }),
      viewWith({ phase: "denied", queueStatus: "CLOSED", entry: entryWith({ endedReason: "SOLD_OUT" }) }),
    ];
    expect(scenes.map(({ scene, headline, paragraphs }) => [scene, headline, paragraphs[0]])).toEqual([
      ["ended", texts.soldOutHeadline, texts.soldOutText],
      ["ended", texts.soldOutHeadline, texts.soldOutInside],
    ]);
  });
});

describe("in line", () => {
  const waiting = {
    phase: "waiting",
    queueStatus: "OPEN",
    connection: "stream",
    position: 1_234,
    ahead: 1_233,
    progress: 0.359,
    estimatedWaitSeconds: 250,
    entry: entryWith({}),
  } as const;

  test("shows place, people ahead, progress, wait and ticket", () => {
    const view = viewWith(waiting);
    expect(view.place).toEqual({
      position: "1,234",
      percent: 35,
      progressText: "35% of the way",
      ahead: "1,233 people",
      wait: "about 3 to 5 minutes",
      ticket: "Ticket 5,000 · joined 09:30",
    });
    expect(view.documentTitle).toBe("(1,234) In line — Spring drop");
    expect(view.hints).toEqual([texts.waitingText]);
    expect(view.leave).toMatchObject({ label: texts.leaveButton, isAsked: false });
    expect(view.isTicking).toBe(false);
  });

  test("tells a wider range of the wait where less is known", () => {
    const view = viewWith({ ...waiting, estimatedWaitFactor: 2 });
    expect(view.place?.wait).toBe("about 2 to 10 minutes");
  });

  test("speaks anew only when the position changes", () => {
    const before = viewWith(waiting).spoken;
    expect(before.isUrgent).toBe(false);
    expect(before.text).toContain("You are number 1,234 in line, 1,233 people ahead of you.");
    expect(viewWith({ ...waiting, estimatedWaitSeconds: 10 }).spoken.key).toBe(before.key);
    expect(viewWith({ ...waiting, position: 1_233 }).spoken.key).not.toBe(before.key);
  });

  test("tells the first in line that they are next", () => {
    const view = viewWith({ ...waiting, position: 1, ahead: 0 });
    expect(view).toMatchObject({ headline: "You are next", place: { ahead: "nobody" } });
  });

  test("does not promise a kept place where the browser keeps nothing", () => {
    expect(viewWith(waiting, { isPlaceStored: false }).hints).toEqual([texts.waitingTextUnstored]);
  });

  test("shows a place that is not known yet without a number", () => {
    const view = viewWith({
      ...waiting,
      position: null,
      ahead: null,
      progress: null,
      estimatedWaitSeconds: null,
    });
    expect(view.place).toMatchObject({ position: "…", ahead: "…", percent: 0, wait: "not known yet" });
    expect(view.documentTitle).toBe("In line — Spring drop");
  });

  test.each([
    ["PAUSED", undefined, texts.waitingPaused],
    ["CLOSED", "CLOSED", texts.waitingClosed],
    ["SCHEDULED", undefined, texts.waitingScheduledUnknown],
    ["OPEN", "ALL_ADMITTED", texts.waitingAllAdmitted],
  ] as const)("says why a line that is %s (%s) does not move", (queueStatus, reason, text) => {
    const board = boardWith({ status: queueStatus, ...(reason ? { reason } : {}) });
    expect(viewWith({ ...waiting, queueStatus, board }).hints[0]).toBe(text);
  });

  test.each([
    ["connecting", "Connecting…"],
    ["stream", "Live"],
    ["polling", "Checking every few seconds"],
    ["offline", "No connection: your place is kept"],
  ] as const)("shows quietly that it is %s", (connection, text) => {
    expect(viewWith({ ...waiting, connection }).connection).toEqual({ state: connection, text });
  });

  test("asks before a place is given up", () => {
    const asked = viewWith(waiting, { isLeaveAsked: true });
    expect(asked.leave).toMatchObject({ isAsked: true, isBusy: false, question: "Give up your place?" });
    const work = { kind: "leave", sinceMs: nowMs } as const;
    expect(viewWith(waiting, { isLeaveAsked: true, work }).leave?.isBusy).toBe(true);
  });
});

describe("admitted", () => {
  const admitted = {
    phase: "admitted",
    queueStatus: "OPEN",
    connection: "stream",
    admission: { id: "adm_1", token: "a.b.c", expiresAt: "2026-03-08T09:10:00.000Z" },
    entry: entryWith({ status: "ADMITTED" }),
  } as const;
  const checkoutUrl = "https://shop.example/checkout?item=7#pay";

  test("links to the checkout with the token, and counts down by the server's clock", () => {
    const view = viewWith({ ...admitted, clockOffsetMs: 60_000 }, { checkoutUrl });
    expect(view.scene).toBe("turn");
    expect(view.checkout?.href).toBe("https://shop.example/checkout?item=7&admission_token=a.b.c#pay");
    expect(view.countdown).toEqual({ label: "Time left", text: "09:00", note: "Until 10:09, your time" });
    expect(view.token).toBeNull();
    expect(view.documentTitle).toBe("Your turn! — Spring drop");
    expect(view.isTicking).toBe(true);
  });

  test("follows the renewed token", () => {
    const admission = { ...admitted.admission, token: "d.e.f" };
    const view = viewWith(
      { ...admitted, admission },
      { checkoutUrl: "https://shop.example/?admission_token=old" },
    );
    expect(view.checkout?.href).toBe("https://shop.example/?admission_token=d.e.f");
  });

  test.each([null, "javascript:alert(1)", "not an address", "https://"])(
    "without an address that a page may link to (%s) it shows the token",
    (address) => {
      const view = viewWith(admitted, { checkoutUrl: address });
      expect(view).toMatchObject({ checkout: null, token: "a.b.c", paragraphs: [texts.turnTextShop] });
    },
  );

  test("is spoken at once, and again in the last minute", () => {
    const first = viewWith(admitted).spoken;
    expect(first).toEqual({ key: "turn", text: "It is your turn. You have 10 minutes.", isUrgent: true });
    const last = viewOf(stateWith(admitted), nowMs + 545_000).spoken;
    expect(last).toMatchObject({ key: "last minute", isUrgent: true });
    expect(last.text).toContain("55 seconds");
  });

  test("says that the turn is kept while there is no connection", () => {
    expect(viewWith({ ...admitted, connection: "offline" }).paragraphs).toContain(texts.turnOffline);
  });

  test("takes the link away when the time is over", () => {
    const view = viewOf(stateWith(admitted, { checkoutUrl }), nowMs + 600_000);
    expect(view).toMatchObject({ scene: "turn-over", checkout: null, countdown: null, leave: null });
  });

  test("says that the time is over to who is in the grace, without an admission", () => {
    expect(viewWith({ ...admitted, admission: null })).toMatchObject({ scene: "turn-over", checkout: null });
  });
});

describe("when it is over", () => {
  test("thanks who has completed", () => {
    expect(viewWith({ phase: "completed" })).toMatchObject({
      scene: "completed",
      button: null,
      connection: null,
    });
  });

  test.each(["left", "expired"] as const)("lets who has %s join again at the end", (phase) => {
    const view = viewWith({ phase, queueStatus: "OPEN" });
    expect(view).toMatchObject({ scene: phase, button: { action: "join", label: "Join again" } });
    expect(view.paragraphs[0]).toContain("at the end of the line");
  });

  test.each(["left", "expired"] as const)("does not offer a closed line to who has %s", (phase) => {
    const view = viewWith({ phase, queueStatus: "CLOSED" });
    expect(view.button).toBeNull();
    expect(view.paragraphs[0]).toContain("The line is closed now.");
  });

  test("tells who was denied, without a way back", () => {
    expect(viewWith({ phase: "denied", queueStatus: "OPEN" })).toMatchObject({
      scene: "denied",
      button: null,
    });
  });

  test("tells who was in line when it ended that it is not about them", () => {
    const entry = entryWith({ status: "DENIED", endedReason: "ENDED_BY_OPERATOR" });
    const view = viewWith({ phase: "denied", queueStatus: "CLOSED", entry });
    expect(view).toMatchObject({ scene: "ended", paragraphs: [texts.endedInside] });
  });
});

describe("when something stands in the way", () => {
  test.each(errorCodes)("has words for %s", (code) => {
    const { error: type, status } = errorTable[code];
    const facts = { code, type, status, requestId: "req_1", retryable: isRetryable(code), message: "" };
    const problem = problemAfter(facts);
    if (code === "NOT_IN_QUEUE" || code === "NOT_IN_DRAW") return expect(problem).toBeNull();
    expect(problem?.title).not.toBe("");
    expect(problem?.text).not.toMatch(/undefined|null|NaN|\{/);
    expect(problem?.reference).toBe("Reference: req_1");
  });

  test.each([
    ["NETWORK_ERROR", texts.networkActionTitle],
    ["TIMEOUT", texts.networkActionTitle],
    ["INVALID_RESPONSE", texts.portalTitle],
    ["FP002", texts.deviceTitle],
    ["FP001", texts.deviceUnknownTitle],
    ["RESOURCE_RESTRICTED", texts.restrictedTitle],
    ["QUEUE_FULL", texts.filledTitle],
    ["QUEUE_CLOSED", texts.shutTitle],
    ["QUEUE_NOT_FOUND", texts.goneTitle],
    ["INVALID_TOKEN", texts.sessionTitle],
    ["ORIGIN_NOT_ALLOWED", texts.setupTitle],
  ] as const)("says of %s: %s", (code, title) => {
    expect(problemAfter({ code, type: "conflict", message: "", status: 400 })?.title).toBe(title);
  });

  test("does not say again below what the scene says already", () => {
    const facts = { type: "conflict", message: "", status: 409 } as const;
    const after = (
      code: "QUEUE_FULL" | "QUEUE_CLOSED",
      queueStatus: NonNullable<QueueSnapshot["queueStatus"]>,
    ) => {
      const actionFailure = failureOf({ ...facts, code }, true);
      return viewWith({ queueStatus }, { actionFailure, queue: queueWith({ capacity: 1, waiting: 1 }) });
    };
    const full = after("QUEUE_FULL", "OPEN");
    expect([full.scene, full.paragraphs]).toEqual(["full", [texts.fullText]]);
    expect(full.problem).toMatchObject({ title: texts.filledTitle, text: "" });
    const closed = after("QUEUE_CLOSED", "CLOSED");
    expect([closed.scene, closed.paragraphs]).toEqual(["closed", [texts.closedText]]);
    expect(closed.problem).toMatchObject({ title: texts.shutTitle, text: "" });
  });

  test("tells a key that is not good from a session that is not", () => {
    for (const code of ["INVALID_TOKEN", "TOKEN_EXPIRED"] as const) {
      const facts = { code, type: "invalid_token", status: 401, message: "" } as const;
      expect(problemAfter(facts)?.title).toBe(texts.sessionTitle);
      const ofKey = problemAfter({ ...facts, details: { credential: "apiKey" } });
      expect(ofKey).toMatchObject({ title: texts.setupTitle, text: texts.setupText });
    }
  });

  test("lets nobody try to join by a page that is set up wrong, and shows a place that there is", () => {
    const facts = { code: "ORIGIN_NOT_ALLOWED", type: "forbidden", status: 403, message: "" } as const;
    const watchFailure = failureOf(facts, false);
    const outside = viewWith({ phase: "outside", queueStatus: "OPEN" }, { watchFailure });
    expect(outside).toMatchObject({ scene: "problem", headline: texts.setupTitle });
    const mayCome = viewWith({ phase: "left" }, { watchFailure });
    expect(mayCome).toMatchObject({ button: null, problem: { title: texts.setupTitle } });
    const inside = viewWith({ phase: "waiting", entry: entryWith({}), position: 3 }, { watchFailure });
    expect(inside).toMatchObject({
      scene: "waiting",
      problem: { title: texts.setupTitle, text: `${texts.setupText} ${texts.placeKept}` },
    });
    const revoked = failureOf({ ...facts, code: "KEY_REVOKED" }, false);
    const over = viewWith({ phase: "waiting", entry: entryWith({}) }, { watchFailure: revoked });
    expect(over.problem?.text).toBe(texts.setupText);
  });

  test("says which level of sign-in is missing", () => {
    const facts = {
      code: "RESOURCE_RESTRICTED",
      type: "forbidden",
      details: { entryLevel: "confirmed" },
    } as const;
    expect(problemAfter({ ...facts, message: "" })?.title).toBe(texts.restrictedLevelTitle);
  });

  test("says that the place has moved, where another device goes on with it", () => {
    const facts = { code: "INVALID_TOKEN", type: "invalid_token", status: 401 } as const;
    const problem = problemAfter({ ...facts, details: { reason: "carried" }, message: "" });
    expect(problem).toMatchObject({ title: texts.movedTitle, text: texts.movedText });
  });

  test("judges a code that it does not know by its kind", () => {
    const unknown = (facts: Partial<StanchionErrorFacts>) =>
      problemAfter({ code: "NEW_CODE" as never, type: "conflict", message: "", ...facts })?.title;
    expect(unknown({ status: 503 })).toBe(texts.maintenanceTitle);
    expect(unknown({ status: 500 })).toBe(texts.serverTitle);
    expect(unknown({ status: 418 })).toBe(texts.unknownTitle);
  });

  test("says nothing of what was cancelled", () => {
    expect(problemAfter({ code: "ABORTED", type: "aborted", message: "" })).toBeNull();
  });

  test("counts the seconds of a rate limit", () => {
    const facts = { code: "RATE_LIMITED", type: "rate_limited", status: 429, retryAfterSeconds: 8 } as const;
    const actionFailure = failureOf({ ...facts, message: "", retryable: true }, true);
    const state = stateWith({ queueStatus: "OPEN" }, { actionFailure });
    expect(viewOf(state, nowMs + 3_000).problem?.text).toContain("Please wait 5 seconds, then try again.");
    expect(viewOf(state, nowMs + 3_000).isTicking).toBe(true);
    expect(viewOf(state, nowMs + 8_000)).toMatchObject({ isTicking: false });
    expect(viewOf(state, nowMs + 8_000).problem?.text).toContain(texts.rateLimitedOver);
  });

  describe("during planned maintenance", () => {
    const since = "2026-03-08T09:00:00.000Z";
    const planned = (isAction: boolean, message?: string): Failure => {
      const details = { retryAfter: 120, since, ...(message === undefined ? {} : { message }) };
      const facts = { code: "MAINTENANCE", type: "service_unavailable", status: 503 } as const;
      return failureOf({ ...facts, message: "", retryable: true, retryAfterSeconds: 120, details }, isAction);
    };

    test("shows at once what the operator says, that the place is kept, and when it tries again", () => {
      const watchFailure = planned(false, "New seats <b>soon</b>.");
      const snapshot = { phase: "waiting", connection: "offline", error: watchFailure.error } as const;
      const view = viewOf(stateWith(snapshot, { watchFailure }), nowMs + 30_000);
      expect(view.problem).toMatchObject({
        title: "Planned maintenance",
        notice: "New seats <b>soon</b>.",
        text: "Your place is kept. This page tries again in 90 seconds and goes on by itself.",
      });
      expect(view.connection?.text).toBe(texts.connectionMaintenance);
      expect(view.isTicking).toBe(true);
      expect(viewOf(stateWith(snapshot, { watchFailure }), nowMs + 120_000).problem?.text).toMatch(
        /Trying again now…$/,
      );
    });

    test("has words of its own where the operator says nothing, and asks who pressed a button to try again", () => {
      const problem = viewWith({ queueStatus: "OPEN" }, { actionFailure: planned(true) }).problem;
      expect(problem?.text).toBe(`${texts.plannedText} Please wait 2 minutes, then try again.`);
    });

    test("lets the time of an admission stand still", () => {
      const watchFailure = planned(false);
      const admission = { id: "adm_1", token: "t", expiresAt: "2026-03-08T09:05:00.000Z" };
      const snapshot = { phase: "admitted", admission, error: watchFailure.error } as const;
      const view = viewOf(stateWith(snapshot, { watchFailure }), nowMs + 3_600_000);
      expect(view).toMatchObject({ scene: "turn", countdown: { text: "05:00" } });
      expect(view.paragraphs).toContain(texts.turnMaintenance);
    });
  });

  test("promises to go on by itself where it does, and that the place is kept", () => {
    const facts = { code: "DEPLOYING", type: "service_unavailable", status: 503, retryable: true } as const;
    const watchFailure = { ...failureOf({ ...facts, message: "" }, false), sinceMs: nowMs - 10_000 };
    const problem = viewWith({ phase: "waiting", queueStatus: "OPEN" }, { watchFailure }).problem;
    expect(problem?.title).toBe(texts.maintenanceTitle);
    expect(problem?.text).toMatch(/goes on by itself\. Your place is kept\.$/);
  });

  test("keeps quiet about a hiccup of less than four seconds", () => {
    const facts = { code: "NETWORK_ERROR", type: "network_error", retryable: true, message: "" } as const;
    const state = stateWith({ phase: "waiting" }, { watchFailure: failureOf(facts, false) });
    expect(viewOf(state, nowMs + 3_900)).toMatchObject({ problem: null, isTicking: true });
    expect(viewOf(state, nowMs + 4_000).problem).not.toBeNull();
  });

  test("makes the problem the headline where nothing else is known", () => {
    const facts = { code: "QUEUE_NOT_FOUND", type: "not_found", status: 404, requestId: "req_9" } as const;
    const watchFailure = failureOf({ ...facts, message: "" }, false);
    const view = viewWith({ phase: "loading", queueStatus: null }, { watchFailure });
    expect(view).toMatchObject({
      scene: "problem",
      headline: texts.goneTitle,
      problem: { title: "", text: texts.goneText, reference: "Reference: req_9" },
      button: { action: "reload" },
    });
  });
});

describe("a place that can be gone on with here", () => {
  test("is asked about before all else where a link brought it, and costs the place that is here", () => {
    const outside = viewWith({ queueStatus: "OPEN" }, { offer: "link" });
    expect(outside).toMatchObject({
      scene: "carry",
      paragraphs: [texts.carryHereText],
      button: { action: "take-over", label: texts.carryHereButton },
      otherButton: { action: "decline", label: texts.carryNotButton },
      extras: null,
    });
    const inside = viewWith({ phase: "waiting", queueStatus: "OPEN" }, { offer: "link" });
    expect(inside.paragraphs).toEqual([texts.carryHereText, texts.carryReplacesText]);
    expect(viewWith({ phase: "loading" }, { offer: "link" }).scene).toBe("loading");
    const busy = viewWith({}, { offer: "link", work: { kind: "carry", sinceMs: nowMs } });
    expect(busy.button).toMatchObject({ label: texts.carryHereBusy, isBusy: true });
  });

  test("is offered to who has none here where it was got without a script", () => {
    const view = viewWith({ queueStatus: "OPEN" }, { offer: "plain" });
    expect([view.scene, view.paragraphs]).toEqual(["carry", [texts.carryPlainText]]);
    expect(viewWith({ phase: "waiting", queueStatus: "OPEN" }, { offer: "plain" }).scene).toBe("waiting");
  });
});

function viewWith(snapshot: Partial<QueueSnapshot>, state: Partial<PageState> = {}) {
  return viewOf(stateWith(snapshot, state), nowMs);
}

function stateWith(snapshot: Partial<QueueSnapshot>, state: Partial<PageState> = {}): PageState {
  return {
    queueName: "Spring drop",
    baseUrl: "",
    checkoutUrl: null,
    words,
    isPlaceStored: true,
    queue: null,
    work: null,
    isLeaveAsked: false,
    isArmed: false,
    offer: null,
    actionFailure: null,
    watchFailure: null,
    ...state,
    snapshot: {
      queueId,
      phase: "outside",
      connection: "connecting",
      queueStatus: null,
      board: null,
      entry: null,
      position: null,
      ahead: null,
      estimatedWaitSeconds: null,
      estimatedWaitFactor: 1,
      progress: null,
      admission: null,
      clockOffsetMs: 0,
      error: null,
      ...snapshot,
    },
  };
}

function problemAfter(facts: StanchionErrorFacts) {
  return viewWith({ queueStatus: "OPEN" }, { actionFailure: failureOf(facts, true) }).problem;
}

function failureOf(facts: StanchionErrorFacts, isAction: boolean): Failure {
  return { error: new StanchionError(facts), atMs: nowMs, sinceMs: nowMs, isAction };
}

function queueWith(change: Partial<NonNullable<PageState["queue"]>>): NonNullable<PageState["queue"]> {
  const ids = { id: queueId, experienceId: "exp_1", sequenceId: "seq_1" };
  const times = { openAt: null, closeAt: null, timeZone: "Europe/Berlin", joinFrom: null, waitlistUrl: null };
  const fairness = { shuffleBeforeOpen: false, beacon: { kind: "none" }, rulesHash: null } as const;
  const facts = { name: "Spring drop", status: "OPEN", capacity: null, waiting: 0, pageUrl: null } as const;
  return { ...ids, ...times, ...fairness, ...facts, ...change };
}

function boardWith(change: Partial<Board>): Board {
  return {
    queueId,
    status: "OPEN",
    version: 1,
    nowServing: 0,
    lastTicket: 0,
    waiting: 0,
    admitRate: 60,
    segment: 4_096,
    departed: [0],
    asOf: "2026-03-08T09:00:00.000Z",
    ...change,
  };
}

function entryWith(change: Partial<Entry>): Entry {
  return {
    entryId: "ent_1",
    queueId,
    consumerId: "cons_1",
    status: "QUEUED",
    ticket: 5_000,
    rank: 5_000,
    position: 1_234,
    ahead: 1_233,
    estimatedWaitSeconds: 250,
    enteredAt: "2026-03-08T08:30:00.000Z",
    lineToken: "token",
    receipt: null,
    ...change,
  };
}
