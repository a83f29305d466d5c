import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { persistently } from './persistently';

const online = (yes: boolean) => vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(yes);

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test('without network a part is waited for as long as it takes', async () => {
  online(false);
  const load = vi.fn<() => Promise<string>>().mockRejectedValue(new Error('no chunk'));
  const part = persistently(load);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(load.mock.calls.length).toBeGreaterThan(10);
  load.mockResolvedValue('the map');
  dispatchEvent(new Event('online'));
  expect(await part).toBe('the map');
});

test('with network a part that never comes is an error in the end', async () => {
  online(true);
  const load = vi.fn<() => Promise<string>>().mockRejectedValue(new Error('no chunk'));
  const part = expect(persistently(load)).rejects.toThrow('no chunk');
  await vi.advanceTimersByTimeAsync(60_000);
  await part;
  expect(load).toHaveBeenCalledTimes(3);
});
