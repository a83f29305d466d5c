/** The command line's grammar (`verb unit… incident [text]`): pure, text and names in, intents out. */

import { folded, foldedSign } from '@/shared/commands/text';
import type { Id, Priority } from '@/shared/wire/types';

export interface UnitName {
  id: Id;
  callsign: string;
  /** The number of the incident it is assigned to. */
  busyWith: string | null;
}

export interface IncidentName {
  id: Id;
  number: string;
  version: number;
}

export interface CameraName {
  id: Id;
  name: string;
}

export interface AlarmName {
  id: Id;
  number: string;
}

/** What words may mean at this moment. */
export interface Names {
  units: readonly UnitName[];
  incidents: readonly IncidentName[];
  cameras: readonly CameraName[];
  /** Open alarms, the one to act on first in front. */
  alarms: readonly AlarmName[];
  dispositions: readonly string[];
  selectedIncident: Id | null;
}

export type UnitStatus = 'en_route' | 'on_scene' | 'transporting' | 'clear' | 'out_of_service';

export type Intent =
  | { verb: 'assign'; units: UnitName[]; incident: IncidentName }
  | { verb: 'release'; units: UnitName[] }
  | { verb: 'status'; units: UnitName[]; status: UnitStatus; reason: string | null }
  | { verb: 'priority'; incident: IncidentName; priority: Priority }
  | { verb: 'note'; incident: IncidentName; text: string }
  | { verb: 'close'; incident: IncidentName; disposition: string }
  | { verb: 'camera'; camera: CameraName }
  | { verb: 'acknowledge'; alarm: AlarmName }
  | { verb: 'go'; target: GoTarget };

export type GoTarget =
  | { type: 'incident' | 'unit' | 'camera'; id: Id; name: string }
  | { type: 'address'; text: string };

export type Fault =
  | 'unknown-verb'
  | 'unknown-unit'
  | 'unknown-incident'
  | 'ambiguous-incident'
  | 'unknown-camera'
  | 'ambiguous-camera'
  | 'unknown-alarm'
  | 'unknown-disposition'
  | 'bad-priority'
  | 'missing-unit'
  | 'missing-incident'
  | 'missing-text'
  | 'nothing-selected'
  | 'too-much';

export interface CommandError {
  fault: Fault;
  /** The offending words and where they stand in the input. */
  token: string;
  start: number;
  end: number;
  /** For an ambiguity: what it could have meant, at most 9. */
  choices: { label: string; replacement: string }[];
}

export type Warning = { code: 'unit-busy'; callsign: string; number: string };

export interface Parsed {
  intents: Intent[];
  warnings: Warning[];
  error: CommandError | null;
}

export const MOST_CHOICES = 9;

const STATUS_VERBS: Record<string, UnitStatus> = {
  ec: 'en_route',
  en: 'en_route',
  el: 'on_scene',
  a: 'on_scene',
  tr: 'transporting',
  t: 'transporting',
  lb: 'clear',
  cu: 'clear',
  fs: 'out_of_service',
  os: 'out_of_service',
};

interface Token {
  text: string;
  start: number;
  end: number;
}

class Failure extends Error {
  constructor(
    readonly fault: Fault,
    readonly token: Token,
    readonly choices: CommandError['choices'] = [],
  ) {
    super(fault);
  }
}

/** Parse the whole line; nothing runs unless every command of the chain is right. */
export function parse(input: string, names: Names): Parsed {
  const intents: Intent[] = [];
  try {
    for (const part of commandsOf(input)) intents.push(new Command(input, part, names).intent());
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure;
    return { intents: [], warnings: [], error: errorOf(failure) };
  }
  return { intents, warnings: intents.flatMap(warningsOf), error: null };
}

function errorOf({ fault, token, choices }: Failure): CommandError {
  return { fault, token: token.text, start: token.start, end: token.end, choices };
}

function warningsOf(intent: Intent): Warning[] {
  if (intent.verb !== 'assign') return [];
  return intent.units
    .filter((unit) => unit.busyWith !== null && unit.busyWith !== intent.incident.number)
    .map((unit) => ({
      code: 'unit-busy',
      callsign: unit.callsign,
      number: unit.busyWith ?? '',
    }));
}

/** Cut at `;` into the tokens of each command; `.` and spaces both part tokens. */
function commandsOf(input: string): Token[][] {
  const commands: Token[][] = [[]];
  for (const match of input.matchAll(/;|[^\s.;]+/g)) {
    if (match[0] === ';') commands.push([]);
    else
      commands.at(-1)?.push({
        text: match[0],
        start: match.index,
        end: match.index + match[0].length,
      });
  }
  return commands.filter((tokens) => tokens.length > 0);
}

class Command {
  private next = 1;

  constructor(
    private readonly input: string,
    private readonly tokens: Token[],
    private readonly names: Names,
  ) {}

  intent(): Intent {
    const verb = this.verb;
    const status = STATUS_VERBS[folded(verb.text)];
    if (status !== undefined) return this.status(status);
    switch (folded(verb.text)) {
      case 'd':
        return this.done({ verb: 'assign', units: this.units(), incident: this.incident() });
      case 'x':
        return this.done({ verb: 'release', units: this.units() });
      case 'p':
        return this.done({
          verb: 'priority',
          incident: this.incident(),
          priority: this.priority(),
        });
      case 'n':
        return { verb: 'note', incident: this.incident(), text: this.text() };
      case 'ci':
        return this.done({
          verb: 'close',
          incident: this.incident(),
          disposition: this.disposition(),
        });
      case 'cam':
        return { verb: 'camera', camera: this.camera(this.words()) };
      case 'ak':
        return this.done({ verb: 'acknowledge', alarm: this.alarm() });
      case 'z':
        return { verb: 'go', target: this.target() };
      default:
        throw new Failure('unknown-verb', verb);
    }
  }

  private get verb(): Token {
    return this.tokens[0] as Token;
  }

  private get peek(): Token | undefined {
    return this.tokens[this.next];
  }

  private done(intent: Intent): Intent {
    if (this.peek !== undefined) throw new Failure('too-much', this.peek);
    return intent;
  }

  private status(status: UnitStatus): Intent {
    const units = this.units();
    const reason = this.peek === undefined ? null : this.text();
    return { verb: 'status', units, status, reason };
  }

  /** One or more units; the first token that is none ends the list. */
  private units(): UnitName[] {
    const first = this.peek;
    if (first === undefined) throw new Failure('missing-unit', this.verb);
    const units: UnitName[] = [];
    for (let unit = this.unit(this.peek); unit !== undefined; unit = this.unit(this.peek)) {
      units.push(unit);
      this.next += 1;
    }
    if (units.length === 0) throw new Failure('unknown-unit', first);
    return [...new Set(units)];
  }

  private unit(token: Token | undefined): UnitName | undefined {
    if (token === undefined) return undefined;
    const sign = foldedSign(token.text);
    return this.names.units.find((unit) => foldedSign(unit.callsign) === sign);
  }

  private incident(): IncidentName {
    const token = this.peek;
    if (token === undefined) throw new Failure('missing-incident', this.verb);
    this.next += 1;
    if (token.text === '@') return this.selected(token);
    const found = this.incidentsNamed(token.text);
    if (found.length === 1) return found[0] as IncidentName;
    throw found.length === 0
      ? new Failure(/^\d/.test(token.text) ? 'unknown-incident' : this.unknownWord(), token)
      : new Failure(
          'ambiguous-incident',
          token,
          choicesOf(found, (one) => one.number),
        );
  }

  /** After units, a word that is neither unit nor number was meant as a unit. */
  private unknownWord(): Fault {
    return folded(this.verb.text) === 'd' ? 'unknown-unit' : 'unknown-incident';
  }

  private selected(token: Token): IncidentName {
    const found = this.names.incidents.find((one) => one.id === this.names.selectedIncident);
    if (found === undefined) throw new Failure('nothing-selected', token);
    return found;
  }

  /** By its whole number or its last digits; leading zeros of the short number may be left out. */
  private incidentsNamed(text: string): IncidentName[] {
    if (!/^[\d-]+$/.test(text)) return [];
    const exact = this.names.incidents.filter(
      (one) => one.number === text || Number(one.number.split('-').at(-1)) === Number(text),
    );
    if (exact.length > 0) return exact;
    return this.names.incidents.filter((one) => one.number.endsWith(text));
  }

  private priority(): Priority {
    const token = this.peek ?? this.verb;
    this.next += 1;
    const value = Number(/^p?([1-4])$/i.exec(token.text)?.[1]);
    if (Number.isNaN(value)) throw new Failure('bad-priority', token);
    return value as Priority;
  }

  private disposition(): string {
    const token = this.peek;
    if (token === undefined) throw new Failure('missing-text', this.verb);
    this.next += 1;
    const wanted = folded(token.text);
    const codes = this.names.dispositions;
    const found =
      codes.find((code) => folded(code) === wanted) ??
      only(codes.filter((code) => folded(code).startsWith(wanted)));
    if (found === undefined)
      throw new Failure(
        'unknown-disposition',
        token,
        choicesOf(codes, (code) => code),
      );
    return found;
  }

  private alarm(): AlarmName {
    const token = this.peek;
    const first = this.names.alarms[0];
    if (token === undefined) {
      if (first === undefined) throw new Failure('unknown-alarm', this.verb);
      return first;
    }
    this.next += 1;
    const found = this.names.alarms.find(
      (one) => Number(one.number.split('-').at(-1)) === Number(token.text),
    );
    if (found === undefined) throw new Failure('unknown-alarm', token);
    return found;
  }

  /** Everything behind the tokens read so far, as it was typed. */
  private text(): string {
    const words = this.words();
    return words.text;
  }

  private words(): Token {
    const first = this.peek;
    const last = this.tokens.at(-1);
    if (first === undefined || last === undefined) throw new Failure('missing-text', this.verb);
    this.next = this.tokens.length;
    const rest = this.input.slice(first.start);
    const until = this.input.indexOf(';', first.start);
    const text = (until < 0 ? rest : this.input.slice(first.start, until)).trim();
    return { text, start: first.start, end: first.start + text.length };
  }

  private camera(words: Token): CameraName {
    const found = camerasNamed(this.names.cameras, words.text);
    if (found.length === 1) return found[0] as CameraName;
    throw new Failure(
      found.length === 0 ? 'unknown-camera' : 'ambiguous-camera',
      words,
      choicesOf(found, (one) => one.name),
    );
  }

  /** An incident's number, a callsign, `cam` and a camera's name; anything else is an address. */
  private target(): GoTarget {
    const token = this.peek;
    if (token === undefined) throw new Failure('missing-text', this.verb);
    if (folded(token.text) === 'cam' && this.tokens.length > this.next + 1) {
      this.next += 1;
      const { id, name } = this.camera(this.words());
      return { type: 'camera', id, name };
    }
    const unit = this.unit(token);
    if (unit !== undefined && this.tokens.length === this.next + 1)
      return { type: 'unit', id: unit.id, name: unit.callsign };
    if (token.text === '@' || (/^\d+$/.test(token.text) && this.tokens.length === this.next + 1)) {
      const { id, number } = this.incident();
      return { type: 'incident', id, name: number };
    }
    return { type: 'address', text: this.text() };
  }
}

function camerasNamed(cameras: readonly CameraName[], words: string): CameraName[] {
  const wanted = folded(words);
  const exact = cameras.filter((camera) => folded(camera.name) === wanted);
  if (exact.length > 0) return exact;
  return cameras.filter((camera) =>
    wanted.split(/\s+/).every((word) => folded(camera.name).includes(word)),
  );
}

function only<T>(things: readonly T[]): T | undefined {
  return things.length === 1 ? things[0] : undefined;
}

function choicesOf<T>(things: readonly T[], nameOf: (thing: T) => string): CommandError['choices'] {
  return things
    .slice(0, MOST_CHOICES)
    .map((thing) => ({ label: nameOf(thing), replacement: nameOf(thing) }));
}

/** The input with the faulty words replaced by what was chosen. */
export function withChoice(input: string, error: CommandError, replacement: string): string {
  return input.slice(0, error.start) + replacement + input.slice(error.end);
}
