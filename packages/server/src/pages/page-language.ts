import { type Language, pickLanguage } from "@stanchion/dashboard";
import type { FastifyRequest } from "fastify";
import { wishedLanguages } from "../platform/errors/index.ts";

/** In which language a page is asked for. */
export interface PageLanguage {
  readonly language: Language;
  /** The same, where the address says one by `?lang=`; else null. */
  readonly asked: Language | null;
  /** What the browser says that its reader knows: tags in lower case. */
  readonly known: readonly string[];
  /** What the address says, then what is known. */
  readonly wishes: readonly string[];
  /** What a page that is chosen by it says of itself. */
  readonly headers: readonly string[];
}

export function readPageLanguage(request: FastifyRequest): PageLanguage {
  const { lang } = request.query as { readonly lang?: unknown };
  const asked = typeof lang === "string" && lang !== "" ? [lang.toLowerCase()] : [];
  const known = wishedLanguages(request.headers["accept-language"]);
  const wishes = [...asked, ...known];
  const language = pickLanguage(wishes);
  const headers = ["Content-Language", language, "Vary", "Accept-Language"];
  return { language, asked: asked.length === 0 ? null : language, known, wishes, headers };
}
