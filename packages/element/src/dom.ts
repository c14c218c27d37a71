/** Makes and changes elements; writes only what is different, so that an old phone has little to do. */

export function element<Name extends keyof HTMLElementTagNameMap>(
  document: Document,
  name: Name,
  className = "",
  children: readonly (Node | string)[] = [],
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  if (className !== "") made.className = className;
  made.append(...children);
  return made;
}

export function setText(target: HTMLElement, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}

export function setAttribute(target: HTMLElement, name: string, value: string): void {
  if (target.getAttribute(name) !== value) target.setAttribute(name, value);
}

export function setHidden(target: HTMLElement, isHidden: boolean): void {
  if (target.hidden !== isHidden) target.hidden = isHidden;
}

export function setParagraphs(target: HTMLElement, paragraphs: readonly string[]): void {
  while (target.children.length > paragraphs.length) target.lastElementChild?.remove();
  paragraphs.forEach((text, index) => {
    const present = target.children[index];
    if (present instanceof HTMLElement) setText(present, text);
    else target.append(element(target.ownerDocument, "p", "", [text]));
  });
}
