import { act, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Problem } from '@/shared/api/client';
import { RETRY_MS, useLoaded } from './useLoaded';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

function Shown({ load }: { load: () => Promise<string> }) {
  const { value, problem } = useLoaded(load);
  return <p>{problem ? `problem ${problem.status}` : (value ?? 'nothing yet')}</p>;
}

const passing = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));

test('what got no answer is asked again by itself until there is one', async () => {
  const load = vi
    .fn<() => Promise<string>>()
    .mockRejectedValueOnce(new Problem(0, 'timeout', ''))
    .mockRejectedValueOnce(new Problem(503, 'unavailable', ''))
    .mockResolvedValue('the rules');
  render(<Shown load={load} />);
  await passing(0);
  expect(screen.getByText('problem 0')).toBeTruthy();
  await passing(RETRY_MS);
  expect(screen.getByText('problem 503')).toBeTruthy();
  await passing(RETRY_MS);
  expect(screen.getByText('the rules')).toBeTruthy();
  await passing(10 * RETRY_MS);
  expect(load).toHaveBeenCalledTimes(3);
});

test('a refusal is shown and not asked again', async () => {
  const load = vi.fn<() => Promise<string>>().mockRejectedValue(new Problem(403, 'forbidden', ''));
  render(<Shown load={load} />);
  await passing(10 * RETRY_MS);
  expect(screen.getByText('problem 403')).toBeTruthy();
  expect(load).toHaveBeenCalledTimes(1);
});
