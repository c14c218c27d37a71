import { type DrawSnapshot, type PublicDraw, StanchionError } from "@stanchion/sdk/state";
import { describe, expect, test } from "vitest";
import { texts } from "../texts.ts";
import type { DrawState } from "./draw-state.ts";
import { drawOwnTexts, drawTexts, englishDrawTexts } from "./draw-texts.ts";
import { drawViewOf } from "./draw-view.ts";
import { createDrawWords } from "./draw-words.ts";

const words = createDrawWords(englishDrawTexts, { locale: "en-GB", timeZone: "Europe/Berlin" });
const nowMs = Date.parse("2026-03-08T09:00:00.000Z");
const drawId = "draw_01h455vb4pex5vsknk084sn02q";
const news = {
  drawId,
  status: "OPEN",
  version: 1,
  entries: 12_345,
  openAt: "2026-03-08T08:00:00.000Z",
  closeAt: "2026-03-08T10:00:00.000Z",
  drawAt: "2026-03-08T10:30:00.000Z",
  drawnAt: null,
  asOf: "2026-03-08T09:00:00.000Z",
} as const;

test("says the words of lines that stand for other ones with the placeholders that they have", () => {
  const holesOf = (text: unknown): string[] => (JSON.stringify(text).match(/\{\w+\}/g) ?? []).toSorted();
  for (const [key, text] of Object.entries(drawTexts))
    expect([key, holesOf(text)]).toEqual([key, holesOf(texts[key as keyof typeof texts])]);
  for (const key of Object.keys(drawOwnTexts)) expect(texts).not.toHaveProperty(key);
});

test("never speaks of a line, or of a place in one", () => {
  const all = { ...texts, ...drawTexts, ...drawOwnTexts };
  const seen = everyState().flatMap((state) => {
    const view = drawViewOf(state, nowMs);
    const { headline, paragraphs, hints, button, leave, problem, connection, spoken, receipt: _ } = view;
    return [
      headline,
      ...paragraphs,
      ...hints,
      button?.label,
      leave?.warning,
      leave?.question,
      problem?.text,
      connection?.text,
      spoken.text,
    ];
  });
  expect(Object.keys(all).length).toBeGreaterThan(100);
  for (const text of seen) expect(text ?? "").not.toMatch(/\b(line|queue|place in)\b/i);
});

describe("a draw", () => {
  test("that is to open says when, and enters for whoever asks", () => {
    const opening = { ...news, status: "SCHEDULED", openAt: "2026-03-08T09:30:00.000Z" } as const;
    const view = drawViewOf(stateWith({ drawStatus: "SCHEDULED", draw: opening }), nowMs);
    expect(view).toMatchObject({
      scene: "scheduled",
      headline: "The draw is not open yet",
      countdown: { label: "Opens in", text: "30:00" },
      button: { action: "arm", label: "Enter for me when it opens" },
      isTicking: true,
    });
    const armed = drawViewOf(stateWith({ drawStatus: "SCHEDULED", draw: opening }, { isArmed: true }), nowMs);
    expect(armed.button).toMatchObject({ action: "disarm" });
    expect(armed.paragraphs).toContain(drawTexts.armedText);
  });

  test("that is open says until when, how many win, how many are in it and when it is drawn", () => {
    const view = drawViewOf(stateWith({ phase: "outside" }, { draw: drawWith({ winnerCount: 100 }) }), nowMs);
    expect(view).toMatchObject({
      scene: "open",
      button: { action: "join", label: "Enter the draw" },
      countdown: { label: "Closes in", text: "1:00:00" },
      documentTitle: "Enter the draw — Gold tickets",
    });
    expect(view.paragraphs).toEqual([
      "You can enter until today at 11:00, your time. Being early gives no advantage.",
      "100 people win. 12,345 people are in it.",
      "The winners are drawn today at 11:30, your time.",
    ]);
    expect(view.spoken.text).toBe("The draw is open");
  });

  test("that is full, closed, drawn, called off or void says so to who is not in it", () => {
    const full = drawWith({ capacity: 12_345 });
    expect(drawViewOf(stateWith({ phase: "outside" }, { draw: full }), nowMs).scene).toBe("full");
    const sceneAt = (drawStatus: DrawSnapshot["drawStatus"]) =>
      drawViewOf(stateWith({ phase: "outside", drawStatus }), nowMs);
    expect(sceneAt("CLOSED")).toMatchObject({ scene: "closed", button: null });
    expect(sceneAt("COMPLETED")).toMatchObject({ scene: "result", connection: null });
    expect(sceneAt("CANCELLED").headline).toBe("The draw was called off");
    expect(sceneAt("VOID").headline).toBe("The draw came to nothing");
  });

  test("can be left until it closes, with the warning that fits", () => {
    const view = drawViewOf(stateWith({ phase: "entered" }), nowMs);
    expect(view).toMatchObject({
      scene: "entered",
      headline: "You are in the draw",
      leave: { label: "Leave the draw", warning: drawTexts.leaveEarlyWarning },
      countdown: { label: "Closes in" },
    });
    expect(view.receipt?.checkHref).toBeNull();
    const left = drawViewOf(stateWith({ phase: "left" }), nowMs);
    expect(left.button).toMatchObject({ action: "join", label: "Enter again" });
    const late = drawViewOf(stateWith({ phase: "left", drawStatus: "CLOSED" }), nowMs);
    expect(late).toMatchObject({ button: null, paragraphs: [drawTexts.leftTextClosed] });
  });

  test("that is being drawn counts down to it, and cannot be left", () => {
    const view = drawViewOf(stateWith({ phase: "drawing", drawStatus: "CLOSED" }), nowMs);
    expect(view).toMatchObject({
      scene: "drawing",
      leave: null,
      countdown: { label: "Drawn in", text: "1:30:00" },
    });
    const due = drawViewOf(stateWith({ phase: "drawing", drawStatus: "CLOSED" }), nowMs + 5_400_000);
    expect(due.countdown?.text).toBe("Being drawn…");
  });

  test("that was lost says so, whether a seat may come free, and leads to the check with the receipt filled in", () => {
    const lost = { phase: "lost", drawStatus: "COMPLETED" } as const;
    const view = drawViewOf(stateWith(lost), nowMs);
    expect(view).toMatchObject({ scene: "lost", connection: null });
    expect(view.paragraphs).not.toContain(drawOwnTexts.lostMayWin);
    expect(view.receipt?.checkHref).toMatch(new RegExp(`^/verify\\?draw=${drawId}#receipt=[\\w-]+$`));
    const open = drawViewOf(stateWith({ ...lost, mayStillWin: true }), nowMs);
    expect(open.paragraphs).toContain(drawOwnTexts.lostMayWin);
    expect(open.connection).not.toBeNull();
  });

  test("that was won says when the time to buy begins, then counts it down", () => {
    const later = { phase: "won", drawStatus: "COMPLETED", admissionAt: "2026-03-08T09:05:00.000Z" } as const;
    expect(drawViewOf(stateWith(later), nowMs)).toMatchObject({
      scene: "won",
      headline: "You have won",
      paragraphs: ["Your time to buy begins today at 10:05, your time. It is kept for you."],
      countdown: { label: "You can buy in", text: "05:00" },
      spoken: { isUrgent: true },
    });
    const admission = { id: "adm_1", token: "a.b.c", expiresAt: "2026-03-08T09:10:00.000Z" };
    const won = { phase: "admitted", drawStatus: "COMPLETED", admission } as const;
    expect(drawViewOf(stateWith(won), nowMs)).toMatchObject({
      scene: "turn",
      headline: "You have won",
      countdown: { text: "10:00" },
      token: "a.b.c",
      leave: { warning: drawTexts.leaveWarning },
    });
    const shop = drawViewOf(stateWith(won, { checkoutUrl: "https://shop.example/pay" }), nowMs);
    expect(shop.checkout?.href).toBe("https://shop.example/pay?admission_token=a.b.c");
    const over = drawViewOf(stateWith(won), nowMs + 600_000);
    expect([over.scene, over.receipt]).toEqual([
      "turn-over",
      expect.objectContaining({ href: expect.any(String) }),
    ]);
  });

  test("offers to ring and to go on with another device as long as there is something to come", () => {
    const extrasOf = (snapshot: Partial<DrawSnapshot>) => drawViewOf(stateWith(snapshot), nowMs).extras;
    expect(extrasOf({ phase: "entered" })).toBe("waiting");
    expect(extrasOf({ phase: "drawing", drawStatus: "CLOSED" })).toBe("waiting");
    expect(extrasOf({ phase: "won", drawStatus: "COMPLETED" })).toBe("won");
    const admission = { id: "adm_1", token: "a.b.c", expiresAt: "2026-03-08T09:10:00.000Z" };
    expect(extrasOf({ phase: "admitted", drawStatus: "COMPLETED", admission })).toBe("turn");
    const lost = { phase: "lost", drawStatus: "COMPLETED" } as const;
    expect([extrasOf(lost), extrasOf({ ...lost, mayStillWin: true })]).toEqual([null, "waiting"]);
    for (const phase of ["outside", "completed", "expired", "left", "denied", "cancelled", "void"] as const)
      expect(extrasOf({ phase }), phase).toBeNull();
  });

  test("asks before all else about an entry of another device, and says what is lost by it here", () => {
    const viewWith = (snapshot: Partial<DrawSnapshot>) =>
      drawViewOf(stateWith(snapshot, { offer: "link" }), nowMs);
    expect(viewWith({ phase: "outside" })).toMatchObject({
      scene: "carry",
      paragraphs: [drawTexts.carryHereText],
      button: { action: "take-over" },
      otherButton: { action: "decline" },
      connection: null,
    });
    const lost = { phase: "lost", drawStatus: "COMPLETED" } as const;
    for (const inside of [{ phase: "entered" }, { ...lost, mayStillWin: true }] as const)
      expect(viewWith(inside).paragraphs).toEqual([drawTexts.carryHereText, drawTexts.carryReplacesText]);
    expect(viewWith(lost).paragraphs).toEqual([drawTexts.carryHereText]);
    expect(viewWith({ phase: "loading" }).scene).toBe("loading");
  });

  test("says nothing of how many are in it while nobody is", () => {
    const facts = { draw: drawWith({ winnerCount: 1 }) };
    const { paragraphs } = drawViewOf(stateWith({ draw: { ...news, entries: 0 } }, facts), nowMs);
    expect(paragraphs.join(" ")).toMatch(/1 person wins\. The winners/);
  });

  test("tells what stands in the way in words of a draw", () => {
    const error = new StanchionError({ code: "DRAW_FULL", type: "conflict", message: "", status: 409 });
    const failure = { error, atMs: nowMs, sinceMs: nowMs, isAction: true };
    const view = drawViewOf(stateWith({ phase: "outside" }, { actionFailure: failure }), nowMs);
    expect(view.problem).toMatchObject({ title: "The draw has just filled up", text: drawTexts.fullText });
    const full = { actionFailure: failure, draw: drawWith({ capacity: 12_345 }) };
    const tried = drawViewOf(stateWith({ phase: "outside" }, full), nowMs);
    expect(tried).toMatchObject({ scene: "full", paragraphs: [drawTexts.fullText] });
    expect(tried.problem).toMatchObject({ title: "The draw has just filled up", text: "" });
  });

  test("without a name has a title of how things stand alone", () => {
    const view = drawViewOf(stateWith({ phase: "entered" }, { drawName: "" }), nowMs);
    expect(view.documentTitle).toBe("You are in");
  });
});

function everyState(): DrawState[] {
  const phases = [
    "loading",
    "outside",
    "entered",
    "drawing",
    "won",
    "admitted",
    "lost",
    "completed",
    "expired",
    "left",
    "denied",
    "cancelled",
    "void",
  ] as const;
  const statuses = ["SCHEDULED", "OPEN", "CLOSED", "COMPLETED", "CANCELLED", "VOID", null] as const;
  const connections = ["stream", "polling", "offline", "connecting"] as const;
  return phases.flatMap((phase) =>
    statuses.flatMap((drawStatus) =>
      connections.map((connection) => stateWith({ phase, drawStatus, connection })),
    ),
  );
}

function stateWith(snapshot: Partial<DrawSnapshot>, more: Partial<DrawState> = {}): DrawState {
  return {
    drawName: "Gold tickets",
    checkoutUrl: null,
    baseUrl: "",
    words,
    isPlaceStored: true,
    draw: null,
    work: null,
    isLeaveAsked: false,
    isArmed: false,
    offer: null,
    actionFailure: null,
    watchFailure: null,
    ...more,
    snapshot: {
      drawId,
      phase: "outside",
      connection: "stream",
      drawStatus: "OPEN",
      draw: news,
      entry: entryWith(),
      mayStillWin: false,
      admission: null,
      admissionAt: null,
      clockOffsetMs: 0,
      error: null,
      ...snapshot,
    },
  };
}

function entryWith(): NonNullable<DrawSnapshot["entry"]> {
  return {
    entryId: "ent_1",
    drawId,
    consumerId: "cons_1",
    status: "ENTERED",
    number: 7,
    enteredAt: "2026-03-08T08:30:00.000Z",
    receipt: { receipt: "x" } as never,
  };
}

function drawWith(facts: Partial<PublicDraw>): PublicDraw {
  return { capacity: null, winnerCount: 10, entries: 0, ...facts } as PublicDraw;
}
