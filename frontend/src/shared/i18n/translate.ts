/** The translator: keys by meaning, `{{places}}`, plurals by `count`, and Spanish where a language is silent. */

export type Catalogue = { readonly [key: string]: string | Catalogue };

/** What fills a text; `count` also picks the plural form, `defaultValue` stands in for an unknown key. */
export type Values = Readonly<Record<string, unknown>>;

type Bare<Key extends string> = Key extends `${infer Stem}_${'one' | 'other'}` ? Stem : Key;

/** The dotted keys of a catalogue, plural pairs by their common stem. */
export type Keys<Tree> = {
  [Key in keyof Tree & string]: Tree[Key] extends string ? Bare<Key> : `${Key}.${Keys<Tree[Key]>}`;
}[keyof Tree & string];

const SEPARATOR = ':';
const PLACE = /\{\{(\w+)\}\}/g;

function at(catalogue: Catalogue | undefined, path: string): string | undefined {
  let node: string | Catalogue | undefined = catalogue;
  for (const part of path.split('.')) {
    if (typeof node !== 'object' || !Object.hasOwn(node, part)) return undefined;
    node = node[part];
  }
  return typeof node === 'string' && node !== '' ? node : undefined;
}

function form(
  catalogue: Catalogue | undefined,
  path: string,
  count: unknown,
  rules: Intl.PluralRules,
) {
  if (typeof count !== 'number') return at(catalogue, path);
  const chosen = at(catalogue, `${path}_${rules.select(count)}`);
  return chosen ?? at(catalogue, `${path}_other`) ?? at(catalogue, path);
}

function fill(text: string, values: Values): string {
  return text.replace(PLACE, (_whole, name: string) => String(values[name] ?? ''));
}

export interface Source {
  /** Catalogues by namespace, in one language. */
  catalogues: ReadonlyMap<string, Catalogue>;
  /** The plural rules of that language; a language the browser does not know brings its nearest. */
  rules: Intl.PluralRules;
}

/**
 * The text of `key` in the first source that has it. `common:…` asks one namespace; a bare key asks
 * `namespaces` in order. A key nobody has gives `defaultValue`, else the key itself.
 */
export function translate(
  sources: readonly Source[],
  namespaces: readonly string[],
  key: string,
  values: Values = {},
): string {
  const cut = key.indexOf(SEPARATOR);
  const spaces = cut < 0 ? namespaces : [key.slice(0, cut)];
  const path = key.slice(cut + 1);
  for (const { catalogues, rules } of sources)
    for (const space of spaces) {
      const text = form(catalogues.get(space), path, values.count, rules);
      if (text !== undefined) return fill(text, values);
    }
  return typeof values.defaultValue === 'string' ? values.defaultValue : key;
}
