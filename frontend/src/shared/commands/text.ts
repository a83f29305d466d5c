/** Comparing what people type: case, accents, nasal tildes and the puso do not matter. */

const MARKS = /\p{M}/gu;
const PUSO = /['’ʼ`´]/g;

export function folded(text: string): string {
  return text.normalize('NFD').replace(MARKS, '').replace(PUSO, '').toLowerCase();
}

/** A callsign as it is compared: no spaces, no hyphens. */
export function foldedSign(text: string): string {
  return folded(text).replace(/[\s.-]/g, '');
}

/** Where every word of `query` begins some word of `text`. */
export function matchesWords(text: string, query: string): boolean {
  const words = folded(text).split(/[^\p{L}\p{N}]+/u);
  return folded(query)
    .split(/\s+/)
    .filter((part) => part !== '')
    .every((part) => words.some((word) => word.startsWith(part)));
}
