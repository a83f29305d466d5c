import { act, fireEvent, render, screen } from '@testing-library/react';
import { beforeEach, expect, it, vi } from 'vitest';
import { RowList } from './RowList';
import { IDLE_MS } from './useQuietOrder';

const select = vi.fn();
const open = vi.fn();
const list = (ids: string[], selectedId: string | null = null) => (
  <RowList
    ids={ids}
    label="l"
    testId="rows"
    selectedId={selectedId}
    onSelect={select}
    onOpen={open}
  >
    {(id) => id}
  </RowList>
);
const shown = () => screen.getAllByRole('option').map((row) => row.textContent);

beforeEach(() => {
  vi.useFakeTimers();
  select.mockReset();
  open.mockReset();
});

it('moves by arrows and j/k and opens with Enter', () => {
  const { rerender } = render(list(['a', 'b', 'c']));
  const box = screen.getByRole('listbox');
  fireEvent.keyDown(box, { key: 'ArrowDown' });
  expect(select).toHaveBeenLastCalledWith('a');
  rerender(list(['a', 'b', 'c'], 'a'));
  fireEvent.keyDown(box, { key: 'j' });
  expect(select).toHaveBeenLastCalledWith('b');
  rerender(list(['a', 'b', 'c'], 'b'));
  fireEvent.keyDown(box, { key: 'k' });
  expect(select).toHaveBeenLastCalledWith('a');
  fireEvent.keyDown(box, { key: 'Enter' });
  expect(open).toHaveBeenCalledWith('b');
});

it('does not re-sort under the reader, and does when the list has been idle', () => {
  const { rerender } = render(list(['a', 'b', 'c']));
  fireEvent.pointerMove(screen.getByRole('listbox'));
  rerender(list(['c', 'n', 'a', 'b']));
  expect(shown()).toEqual(['n', 'a', 'b', 'c']);
  act(() => vi.advanceTimersByTime(IDLE_MS));
  expect(shown()).toEqual(['c', 'n', 'a', 'b']);
});

it('puts only the rows near the window into the page', () => {
  render(list(Array.from({ length: 500 }, (_, i) => String(i))));
  expect(screen.getAllByRole('option').length).toBeLessThan(60);
  expect(screen.getByRole('listbox').dataset.count).toBe('500');
});
