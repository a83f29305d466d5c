/** What the centre answers about rule documents. */

import { get, post, put } from '@/shared/api/client';
import type { Time } from '@/shared/wire/types';

export interface RuleVersion {
  name: string;
  version: number;
  summary: string;
  changed_at: Time | null;
  changed_by: string | null;
}

export interface RuleDocument extends RuleVersion {
  document: unknown;
}

export interface Fault {
  path: string;
  message: string;
}

const at = (name: string) => `/rules/${encodeURIComponent(name)}`;

export const ruleNames = (): Promise<RuleVersion[]> =>
  get<{ items: RuleVersion[] }>('/rules').then(({ items }) => items);

export const ruleDocument = (name: string): Promise<RuleDocument> => get<RuleDocument>(at(name));

export const ruleVersions = (name: string): Promise<RuleVersion[]> =>
  get<{ items: RuleVersion[] }>(`${at(name)}/versions`).then(({ items }) => items);

export const oldDocument = (name: string, version: number): Promise<RuleDocument> =>
  get<RuleDocument>(`${at(name)}/versions/${version}`);

export const checkRules = (name: string, document: unknown): Promise<Fault[]> =>
  post<{ errors: Fault[] }>(`${at(name)}/check`, { document }).then(({ errors }) => errors);

export const saveRules = (
  name: string,
  document: unknown,
  version: number,
  summary: string,
): Promise<RuleDocument> =>
  put<RuleDocument>(
    at(name),
    { document, summary: summary === '' ? null : summary },
    { ifMatch: version },
  );

export const rollBackRules = (name: string, version: number, now: number): Promise<RuleDocument> =>
  post<RuleDocument>(`${at(name)}/rollback`, { version }, { ifMatch: now });

/** The text of a document as people edit it. */
export const textOf = (document: unknown): string => JSON.stringify(document, null, 2);

/** The document of an edited text, or where it is no JSON. */
export function read(text: string): { document: unknown } | { fault: Fault } {
  try {
    const document: unknown = JSON.parse(text);
    return { document };
  } catch (error) {
    return { fault: { path: '', message: (error as Error).message } };
  }
}

/** The line of the text at which a JSON Pointer's value begins, from 1; null when it is not found. */
export function lineOf(text: string, pointer: string): number | null {
  const parts = pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  if (parts.length === 0) return null;
  const lines = text.split('\n');
  let line = 0;
  for (const [depth, part] of parts.entries()) {
    const indent = ' '.repeat(2 * (depth + 1));
    line = /^\d+$/.test(part)
      ? element(lines, line, indent, Number(part))
      : member(lines, line, indent, part);
    if (line < 0) return null;
  }
  return line + 1;
}

function member(lines: readonly string[], from: number, indent: string, name: string): number {
  const start = `${indent}${JSON.stringify(name)}:`;
  const shallower = indent.slice(2);
  for (let line = from + 1; line < lines.length; line += 1) {
    const text = lines[line] ?? '';
    if (text.startsWith(start)) return line;
    if (text.startsWith(`${shallower}}`)) return -1;
  }
  return -1;
}

function element(lines: readonly string[], from: number, indent: string, place: number): number {
  let seen = -1;
  for (let line = from + 1; line < lines.length; line += 1) {
    const text = lines[line] ?? '';
    if (!text.startsWith(indent)) return -1;
    const opens = text[indent.length] !== ' ' && !/^[\]}]/.test(text.slice(indent.length));
    if (opens) seen += 1;
    if (opens && seen === place) return line;
  }
  return -1;
}
