// @vitest-environment node
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

type Tree = { [key: string]: string | Tree };
const folder = new URL('./catalogues/', import.meta.url);
const names = readdirSync(new URL('es/', folder));
const read = (language: string, name: string): Tree =>
  JSON.parse(readFileSync(new URL(`${language}/${name}`, folder), 'utf8')) as Tree;

function leaves(tree: Tree, path = ''): Map<string, string> {
  return new Map(
    Object.entries(tree).flatMap(([key, value]) =>
      typeof value === 'string'
        ? [[path + key, value] as const]
        : [...leaves(value, `${path}${key}.`)],
    ),
  );
}

const places = (text: string) =>
  [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]).sort();

describe.each(names)('the catalogue %s', (name) => {
  const es = leaves(read('es', name));

  it('is complete in English, with the same places to fill in', () => {
    const en = leaves(read('en', name));
    expect([...en.keys()].sort()).toEqual([...es.keys()].sort());
    for (const [key, text] of es)
      expect([key, places(en.get(key) ?? '')]).toEqual([key, places(text)]);
  });

  it('has no Guaraní line that Spanish lacks, and says that it is a draft', () => {
    const gn = leaves(read('gn', name));
    expect(gn.get('_review')).toMatch(/native speaker must review/);
    gn.delete('_review');
    for (const [key, text] of gn)
      expect([key, es.has(key), places(text)]).toEqual([key, true, places(es.get(key) ?? '')]);
    process.stdout.write(`gn/${name}: ${gn.size} of ${es.size} lines drafted\n`);
  });

  it('keeps machine-made Guaraní off the buttons that lives hang on', () => {
    const gn = [...leaves(read('gn', name)).keys()];
    const critical =
      /^(step|emergency|assigned\.release|recommend\.assign|alarm\.(open|dismiss)|connection\.(lost|stale))/;
    expect(gn.filter((key) => critical.test(key))).toEqual([]);
  });

  it('is stored in NFC and has no empty line', () => {
    for (const language of ['es', 'en', 'gn'])
      for (const [key, text] of leaves(read(language, name)))
        expect([key, text === text.normalize('NFC'), text !== '']).toEqual([key, true, true]);
  });
});
