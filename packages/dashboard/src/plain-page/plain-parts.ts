/** The parts of a view as HTML, with the classes that the waiting page's style knows. */

import type { CountdownView, LeaveView, PlaceView, View } from "@stanchion/element/view-model";
import type { Words } from "@stanchion/element/words";
import { escapeHtml as text } from "../html-text.ts";
import type { PlainLinks } from "./plain-links.ts";
import type { PlainWords } from "./plain-translation.ts";

export function paragraphs(lines: readonly string[]): string {
  return lines.map((line) => `<p>${text(line)}</p>`).join("");
}

export function placeHtml(place: PlaceView | null, { say }: Words): string {
  if (place === null) return "";
  const { length } = place.position;
  const size = length <= 5 ? "large" : length <= 7 ? "medium" : "small";
  return `<div class="place">
<p class="label">${text(say("positionLabel"))}</p>
<p class="position" data-size="${size}">${text(place.position)}</p>
<div class="rope"><progress max="100" value="${place.percent}" aria-label="${text(say("progressLabel"))}" aria-valuetext="${text(place.progressText)}"></progress></div>
<p class="percent">${text(place.progressText)}</p>
<dl class="facts"><div><dt>${text(say("aheadLabel"))}</dt><dd>${text(place.ahead)}</dd></div><div><dt>${text(say("waitLabel"))}</dt><dd>${text(place.wait)}</dd></div></dl>
<p class="ticket">${text(place.ticket)}</p>
</div>`;
}

export function countdownHtml(countdown: CountdownView | null): string {
  if (countdown === null) return "";
  const size = countdown.text.length <= 8 ? "large" : "small";
  const note = countdown.note === "" ? "" : `<p class="note">${text(countdown.note)}</p>`;
  return `<div class="countdown"><p class="label">${text(countdown.label)}</p><p class="clock" data-size="${size}">${text(countdown.text)}</p>${note}</div>`;
}

export function tokenHtml(token: string | null, { say }: Words): string {
  if (token === null) return "";
  return `<details open><summary>${text(say("tokenSummary"))}</summary>
<p>${text(say("tokenText"))}</p>
<label class="label" for="token">${text(say("tokenLabel"))}</label>
<textarea class="token" id="token" rows="4" readonly spellcheck="false">${text(token)}</textarea>
</details>`;
}

export function problemHtml(problem: View["problem"]): string {
  if (problem === null) return "";
  const title = problem.title === "" ? "" : `<h3 class="problem-title">${text(problem.title)}</h3>`;
  const notice = problem.notice === null ? "" : `<p class="notice">${text(problem.notice)}</p>`;
  const reference = problem.reference === null ? "" : `<p class="reference">${text(problem.reference)}</p>`;
  const words = problem.text === "" ? "" : `<p>${text(problem.text)}</p>`;
  return `<div class="problem" role="alert">${title}${notice}${words}${reference}</div>`;
}

export function waitlistHtml(waitlist: View["waitlist"]): string {
  if (waitlist === null) return "";
  return `<a class="waitlist" href="${text(waitlist.href)}">${text(waitlist.label)}</a>`;
}

/** A form of one button. `token` proves that it stood on the fan's own page. */
export function formHtml(action: string, token: string, label: string, className: string): string {
  return `<form method="post" action="${text(action)}"><input type="hidden" name="token" value="${text(token)}"><button class="${className}">${text(label)}</button></form>`;
}

export function leaveHtml(
  leave: LeaveView | null,
  links: PlainLinks,
  token: string | null,
  { say }: Words,
): string {
  if (leave === null || token === null) return "";
  if (!leave.isAsked)
    return `<div class="leave"><a class="button plain" href="${text(links.leaveQuestion)}">${text(leave.label)}</a></div>`;
  return `<div class="leave" id="leave"><div class="choice" role="group" aria-labelledby="leave-question" aria-describedby="leave-warning">
<h3 class="question" id="leave-question">${text(leave.question)}</h3>
<p id="leave-warning">${text(leave.warning)}</p>
<a class="button quiet" href="${text(links.page)}">${text(say("leaveNo"))}</a>
${formHtml(links.leave, token, say("leaveYes"), "button danger")}
</div></div>`;
}

export function footHtml(
  links: PlainLinks,
  zone: string,
  { say }: Words,
  { times, footer }: PlainWords,
): string {
  const zoned = times.replace("{zone}", () => zone);
  return `<p class="note apart">${text([zoned, footer].join(say("gap")))} <a href="${text(links.page)}">${text(say("reloadButton"))}</a></p>`;
}
