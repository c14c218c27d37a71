/** A style sheet without what is there for people alone: comments, and most of the white space. */
export function shortStyle(style: string): string {
  return style
    .replace(/\/\*.*?\*\//gs, "")
    .replace(/\s+/g, " ")
    .replace(/ ?([{};]) ?|([:,]) /g, "$1$2");
}
