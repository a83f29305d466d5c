// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { aCall, anIncident } from '@/shared/testing/builders';
import { EMPTY_PICTURE } from '@/situation/fold';
import { nearIncidents } from './near';

const NOW = Date.parse('2026-11-22T14:10:00.000Z');
const at = (lon: number) => ({ lon, lat: -25.2822, uncertainty_m: 10, confidence: 0.9 });
const picture = {
  ...EMPTY_PICTURE,
  incidents: {
    near: anIncident({ id: 'near', location: at(-57.634) }),
    nearest: anIncident({ id: 'nearest', location: at(-57.6334) }),
    far: anIncident({ id: 'far', location: at(-57.66) }),
    old: anIncident({ id: 'old', opened_at: '2026-11-22T11:00:00.000Z' }),
    nowhere: anIncident({ id: 'nowhere', location: null }),
  },
};

describe('incidents that a call may be about', () => {
  it('offers the near and young ones, the nearest first', () => {
    const found = nearIncidents(aCall({ location: at(-57.6333) }), picture, NOW);
    expect(found.map((one) => one.incident.id)).toEqual(['nearest', 'near']);
  });

  it('reaches further for a call whose place is vague', () => {
    const vague = aCall({ location: { ...at(-57.6333), uncertainty_m: 5_000 } });
    expect(nearIncidents(vague, picture, NOW).map((one) => one.incident.id)).toContain('far');
  });

  it('offers nothing for a call without a place', () => {
    expect(nearIncidents(aCall({ location: null }), picture, NOW)).toEqual([]);
  });
});
