// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { aUnit } from '@/shared/testing/builders';
import type { Item } from './outbox';
import { nextStep, otherSteps, shownActivity } from './steps';

const waiting = (label: string): Item => ({
  key: label,
  lane: 'actions',
  path: '/units/u/status',
  body: {},
  label,
  at: '',
});

describe('the big button', () => {
  it('leads from the assignment to free again', () => {
    expect(
      ['dispatched', 'acknowledged', 'en_route', 'on_scene'].map((a) => nextStep(a as never)),
    ).toEqual(['acknowledged', 'en_route', 'on_scene', 'clear']);
    expect(nextStep('in_service')).toBeNull();
  });

  it('goes on from the last press that still waits to be sent', () => {
    const unit = aUnit({ activity: 'dispatched' });
    expect(shownActivity(unit, [])).toEqual({ activity: 'dispatched', sent: true });
    expect(shownActivity(unit, [waiting('acknowledged'), waiting('en_route')])).toEqual({
      activity: 'en_route',
      sent: false,
    });
    expect(shownActivity(unit, [waiting('clear')]).activity).toBe('in_service');
  });

  it('offers the way to a hospital to ambulances only', () => {
    expect(otherSteps('on_scene', 'ambulance')).toContain('transporting');
    expect(otherSteps('on_scene', 'patrol')).not.toContain('transporting');
  });
});
