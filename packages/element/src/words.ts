import type { texts } from "./texts.ts";
import type { Region } from "./wording.ts";

type Texts = typeof texts;
/** The name of a text. */
export type TextKey = keyof Texts;
/** A text that counts: its forms by the plural of `{count}`. */
export type PluralText = Readonly<Partial<Record<Intl.LDMLPluralRule, string>>> & { readonly other: string };
/** All texts of the page in one language. */
export type Catalogue = { readonly [Key in TextKey]: Texts[Key] extends string ? string : PluralText };

type Template<Key extends TextKey> = Texts[Key] extends string
  ? Texts[Key]
  : Texts[Key]["other" & keyof Texts[Key]];
type Placeholder<Text> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholder<Rest>
  : never;
type Values<Name extends string> = { readonly [N in Name]: N extends "count" ? number : string };
/** What a text is to be filled with: nothing, or an object with just its placeholders. */
type Filling<Key extends TextKey> = [Placeholder<Template<Key>>] extends [never]
  ? []
  : [values: Values<Placeholder<Template<Key>>>];

/** The words of one language, as they are written in one region. */
export interface Words {
  readonly region: Region;
  readonly number: Intl.NumberFormat;
  readonly say: <Key extends TextKey>(key: Key, ...filling: Filling<Key>) => string;
}

/** The texts that stand for themselves. */
export type PlainKey = { [Key in TextKey]: Filling<Key> extends [] ? Key : never }[TextKey];

/** Fills the texts of a catalogue. The region's locale is one of the catalogue's language: it chooses the plural. */
export function createWords(catalogue: Catalogue, region: Region): Words {
  const number = new Intl.NumberFormat(region.locale);
  const plural = new Intl.PluralRules(region.locale);
  const templateOf = (text: string | PluralText, count: number): string =>
    typeof text === "string" ? text : (text[plural.select(count)] ?? text.other);
  return {
    region,
    number,
    say(key, ...[values = {}]) {
      const { count = 0 }: Record<string, string | number> = values;
      const all: Record<string, string | number> = values;
      return templateOf(catalogue[key], Number(count)).replace(/\{(\w+)\}/g, (hole, name: string) => {
        const value = all[name] ?? hole;
        return typeof value === "number" ? number.format(value) : value;
      });
    },
  };
}
