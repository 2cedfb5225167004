import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { after } from '../../src/session/after.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const day = 86_400_000;

test.each([1000, day, 24 * day, 25 * day, 90 * day])('%d ms pass before it acts, and it acts once', (ms) => {
  const action = vi.fn();
  after(ms, action);
  vi.advanceTimersByTime(ms - 1);
  expect(action).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1 + 100 * day);
  expect(action).toHaveBeenCalledTimes(1);
});

test('cancelled in its second timer it never acts', () => {
  const action = vi.fn();
  const cancel = after(60 * day, action);
  vi.advanceTimersByTime(30 * day);
  cancel();
  vi.advanceTimersByTime(100 * day);
  expect(action).not.toHaveBeenCalled();
});
