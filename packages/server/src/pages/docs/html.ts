const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Makes a text safe between tags and in a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

/** A text of the contract as HTML: `code words` and members in braces are set apart. */
export function proseHtml(text: string): string {
  return escapeHtml(text)
    .replace(/\{(\w+)\}/g, "<var>$1</var>")
    .replace(/`([^`]+)`/g, "<code>$1</code>");
}

/** A block of code that a keyboard can scroll. */
export function codeHtml(code: string, label: string): string {
  return `<div class="code"><span class="code-label">${escapeHtml(label)}</span><pre tabindex="0" aria-label="${escapeHtml(label)}"><code>${escapeHtml(code)}</code></pre></div>`;
}

/** What every page of an error says first. */
export function adviceHtml(row: { message: string; when: string; todo: string }, retry: string): string {
  return `<div class="answer">
<h2>What happened</h2>
<p>${proseHtml(row.message)}</p>
<h2>Why</h2>
<p>${proseHtml(row.when)}</p>
<h2>What to do</h2>
<p>${proseHtml(row.todo)}</p>
<h2>Send it again?</h2>
<p>${proseHtml(retry)}</p>
</div>`;
}
