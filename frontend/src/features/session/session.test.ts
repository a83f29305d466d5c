import { describe, expect, it } from 'vitest';
import { homeOf, nextPage } from './session';

describe('the page after signing in', () => {
  it.each([
    [['dispatcher'], '/console'],
    [['call_taker'], '/console'],
    [['auditor'], '/console'],
    [['wall_operator'], '/wall'],
    [['responder'], '/field'],
    [['responder', 'dispatcher'], '/console'],
    [['unheard_of'], '/console'],
  ])('%s starts at %s', (roles, page) => {
    expect(homeOf(roles)).toBe(page);
  });

  it('goes back to the page asked for', () => {
    expect(nextPage('?next=%2Fwall%3Ftiles%3D9', ['dispatcher'])).toBe('/wall?tiles=9');
  });

  it.each(['//evil.example', 'https://evil.example', '/\\evil.example', '/', '/login?next=/'])(
    'does not follow %s',
    (next) => {
      expect(nextPage(`?next=${encodeURIComponent(next)}`, ['responder'])).toBe('/field');
    },
  );
});
