// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { type Names, parse, withChoice } from './parse';
import { folded, matchesWords } from './text';

const NAMES: Names = {
  units: [
    { id: 'u12', callsign: 'M12', busyWith: null },
    { id: 'u3', callsign: 'B3', busyWith: '2026-000139' },
    { id: 'u7', callsign: 'POL-7', busyWith: null },
  ],
  incidents: [
    { id: 'i147', number: '2026-000147', version: 4 },
    { id: 'i1147', number: '2026-001147', version: 1 },
    { id: 'i139', number: '2026-000139', version: 2 },
  ],
  cameras: [
    { id: 'c41', name: 'Puerto 041' },
    { id: 'c42', name: 'Puerto 042' },
  ],
  alarms: [
    { id: 'a12', number: '2026-000012' },
    { id: 'a13', number: '2026-000013' },
  ],
  dispositions: ['resolved', 'false_alarm', 'F2', 'transported'],
  selectedIncident: 'i139',
};
const intents = (input: string) => {
  const { error, intents: found } = parse(input, NAMES);
  expect(error).toBeNull();
  return found;
};
const fault = (input: string) => {
  const { error, intents: found } = parse(input, NAMES);
  expect(found).toEqual([]);
  return error && [error.fault, error.token, error.start];
};

describe('assigning', () => {
  it('takes several units and an incident by its last digits', () => {
    expect(intents('D M12 POL-7 139')).toEqual([
      {
        verb: 'assign',
        units: [NAMES.units[0], NAMES.units[2]],
        incident: NAMES.incidents[2],
      },
    ]);
  });

  it.each(['d m12 0147', 'd.m12.0147', '  D  M12 2026-000147 ', 'd m12 147'])(
    'reads "%s"',
    (input) => {
      expect(intents(input)).toMatchObject([{ verb: 'assign', incident: { id: 'i147' } }]);
    },
  );

  it('takes @ for the selected incident', () => {
    expect(intents('D M12 @')).toMatchObject([{ incident: { id: 'i139' } }]);
  });

  it('warns of a unit that another incident has, but not of its own', () => {
    expect(parse('D B3 147', NAMES).warnings).toEqual([
      { code: 'unit-busy', callsign: 'B3', number: '2026-000139' },
    ]);
    expect(parse('D B3 139', NAMES).warnings).toEqual([]);
  });

  it('offers the incidents that the digits could mean', () => {
    const ambiguous = 'D M12 47';
    const { error } = parse(ambiguous, NAMES);
    expect(error).toMatchObject({ fault: 'ambiguous-incident', token: '47' });
    expect(error?.choices.map((choice) => choice.label)).toEqual(['2026-000147', '2026-001147']);
    if (error) expect(withChoice(ambiguous, error, '2026-001147')).toBe('D M12 2026-001147');
  });
});

describe('unit status', () => {
  it.each([
    ['EC M12', 'en_route'],
    ['en m12', 'en_route'],
    ['EL m12', 'on_scene'],
    ['a M12', 'on_scene'],
    ['LB M12', 'clear'],
    ['cu M12', 'clear'],
    ['FS M12', 'out_of_service'],
    ['TR M12', 'transporting'],
  ])('%s means %s', (input, status) => {
    expect(intents(input)).toEqual([
      { verb: 'status', units: [NAMES.units[0]], status, reason: null },
    ]);
  });

  it('keeps the words behind the units as reason', () => {
    expect(intents('FS M12 B3 sin combustible. Vuelve 15 h')).toMatchObject([
      { units: [{ id: 'u12' }, { id: 'u3' }], reason: 'sin combustible. Vuelve 15 h' },
    ]);
  });
});

describe('incidents', () => {
  it('sets the priority', () => {
    expect(intents('P 147 1')).toMatchObject([{ verb: 'priority', priority: 1 }]);
    expect(intents('P @ p3')).toMatchObject([{ incident: { id: 'i139' }, priority: 3 }]);
  });

  it('keeps a note as typed, dots and all', () => {
    expect(intents('N @ Dos heridos. Av. España')).toEqual([
      { verb: 'note', incident: NAMES.incidents[2], text: 'Dos heridos. Av. España' },
    ]);
  });

  it('closes with an outcome, by its code or the beginning of one', () => {
    expect(intents('CI 147 f2')).toMatchObject([{ verb: 'close', disposition: 'F2' }]);
    expect(intents('CI 147 trans')).toMatchObject([{ disposition: 'transported' }]);
  });
});

describe('the rest', () => {
  it('frees units, opens cameras, acknowledges alarms', () => {
    expect(intents('X M12')).toMatchObject([{ verb: 'release' }]);
    expect(intents('CAM 041')).toMatchObject([{ verb: 'camera', camera: { id: 'c41' } }]);
    expect(intents('AK 13')).toMatchObject([{ alarm: { id: 'a13' } }]);
    expect(intents('ak')).toMatchObject([{ alarm: { id: 'a12' } }]);
  });

  it.each([
    ['Z 147', { type: 'incident', id: 'i147', name: '2026-000147' }],
    ['Z m12', { type: 'unit', id: 'u12', name: 'M12' }],
    ['Z cam 042', { type: 'camera', id: 'c42', name: 'Puerto 042' }],
    ['Z Cerro Corá c/ Yegros', { type: 'address', text: 'Cerro Corá c/ Yegros' }],
    ['Z 14 de Mayo', { type: 'address', text: '14 de Mayo' }],
  ])('%s', (input, target) => {
    expect(intents(input)).toEqual([{ verb: 'go', target }]);
  });

  it('chains with ; and runs nothing when one part is wrong', () => {
    expect(intents('N @ humo; P @ 1; EC M12')).toHaveLength(3);
    expect(fault('EC M12; P @ 9')).toEqual(['bad-priority', '9', 12]);
  });

  it('is silent about an empty line', () => {
    expect(parse('  ; ', NAMES)).toEqual({ intents: [], warnings: [], error: null });
  });
});

describe('faults name the bad token', () => {
  it.each([
    ['W M12', ['unknown-verb', 'W', 0]],
    ['D', ['missing-unit', 'D', 0]],
    ['D M99 147', ['unknown-unit', 'M99', 2]],
    ['D M12', ['missing-incident', 'D', 0]],
    ['D M12 M99 147', ['unknown-unit', 'M99', 6]],
    ['D M12 999', ['unknown-incident', '999', 6]],
    ['D M12 147 8', ['too-much', '8', 10]],
    ['N 147', ['missing-text', 'N', 0]],
    ['P 147', ['bad-priority', 'P', 0]],
    ['CI 147 zzz', ['unknown-disposition', 'zzz', 7]],
    ['CAM puerto', ['ambiguous-camera', 'puerto', 4]],
    ['CAM norte', ['unknown-camera', 'norte', 4]],
    ['AK 99', ['unknown-alarm', '99', 3]],
  ])('%s', (input, expected) => {
    expect(fault(input)).toEqual(expected);
  });

  it('asks for a selection when @ means nothing', () => {
    expect(parse('N @ x', { ...NAMES, selectedIncident: null }).error?.fault).toBe(
      'nothing-selected',
    );
  });
});

describe('folding of words', () => {
  it('ignores case, accents, nasal tildes in both forms and the puso', () => {
    expect(folded('Mbocayaty G̃UAHẼ')).toBe(folded('mbocayaty g\u0303uahe\u0303'));
    expect(folded("ka'aguy")).toBe(folded('kaʼaguy'));
    expect(matchesWords('Accidente de tránsito', 'trans acc')).toBe(true);
    expect(matchesWords('Incendio', 'tran')).toBe(false);
  });
});
