/** The style of a shadow tree: one file, of which browsers since 2023 make a sheet by script. */
import { element } from "./dom.ts";
import { wait, waitToRetry } from "./wait.ts";

/** So long nothing is shown in the hope of the style; then it is shown without, until it comes. */
const waitMs = 3_000;

/** What {@link loadStyle} has got, or will get. */
export interface Style {
  readonly href: string;
  /** Null: this browser cannot make sheets by script. */
  readonly sheet: CSSStyleSheet | null;
}

/** Gets a file of style, anew until it comes, and resolves when it has come or has been waited for long enough. */
export async function loadStyle(href: string, signal: AbortSignal): Promise<Style> {
  const sheet = createSheet();
  if (sheet === null) return { href, sheet };
  await Promise.race([fill(sheet, href, signal), wait(waitMs)]);
  return { href, sheet };
}

// A sheet made by script needs no leave of a content security policy but that of the request, which the server's address has
// already; as a link, the file needs it in style-src.
export function dress(root: ShadowRoot, { href, sheet }: Style): void {
  if (sheet !== null) {
    root.adoptedStyleSheets = [sheet];
    return;
  }
  const link = element(root.ownerDocument, "link");
  link.rel = "stylesheet";
  link.href = href;
  root.prepend(link);
}

function createSheet(): CSSStyleSheet | null {
  try {
    return new CSSStyleSheet();
  } catch {
    return null;
  }
}

async function fill(sheet: CSSStyleSheet, href: string, signal: AbortSignal): Promise<void> {
  for (let tries = 1; !signal.aborted; tries += 1) {
    try {
      const response = await fetch(href, { signal });
      if (response.ok) return void (await sheet.replace(await response.text()));
    } catch {
      // The network is away.
    }
    await waitToRetry(tries);
  }
}
