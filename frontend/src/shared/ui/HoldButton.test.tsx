import { act, fireEvent, render, screen } from '@testing-library/react';
import { beforeEach, expect, it, vi } from 'vitest';
import { HOLD_MS, HoldButton } from './HoldButton';

const held = vi.fn();

beforeEach(() => {
  vi.useFakeTimers();
  held.mockReset();
  render(
    <HoldButton onHeld={held} label="refuerzo" testId="hold">
      {'REFUERZO'}
    </HoldButton>,
  );
});

const button = () => screen.getByTestId('hold');
const wait = (ms: number) => act(() => vi.advanceTimersByTime(ms));

it('does nothing on a tap', () => {
  fireEvent.pointerDown(button());
  wait(HOLD_MS - 1);
  fireEvent.pointerUp(button());
  wait(HOLD_MS);
  expect(held).not.toHaveBeenCalled();
});

it('acts once when held for a second and a half', () => {
  fireEvent.pointerDown(button());
  wait(HOLD_MS * 3);
  expect(held).toHaveBeenCalledOnce();
});

it('starts anew after the finger slipped off', () => {
  fireEvent.pointerDown(button());
  wait(1_000);
  fireEvent.pointerLeave(button());
  fireEvent.pointerDown(button());
  wait(1_000);
  expect(held).not.toHaveBeenCalled();
});

it('can be held with the keyboard', () => {
  fireEvent.keyDown(button(), { key: ' ' });
  wait(HOLD_MS);
  expect(held).toHaveBeenCalledOnce();
});
