import { expect, test } from 'vitest';
import { StallAccount } from '../../src/core/stall-account.ts';

/** A clock that moves only when work says so. */
function accountWithClock(): { account: StallAccount; spend: (ms: number) => void; now: () => number } {
  let nowMs = 0;
  const now = (): number => nowMs;
  return { account: new StallAccount(now), spend: (ms) => (nowMs += ms), now };
}

test('pieces add up, and the longest of each kind of work is kept', () => {
  const { account, spend } = accountWithClock();
  for (const ms of [3, 8, 2]) account.book('walk', () => spend(ms));
  account.book('sample', () => spend(0.5));
  account.settle([]);
  expect(account.snapshot()).toEqual({
    longestPauseMs: 8,
    totalOnTargetMs: 13.5,
    longestPauseMsByWork: { walk: 8, sample: 0.5 },
    totalMsByWork: { walk: 13, sample: 0.5 },
    heapBytes: 0,
  });
  expect(account.totalMsOf('walk')).toBe(13);
  expect(account.totalMsOf('nothing')).toBe(0);
});

test('memory is the most that was allocated between two collections', () => {
  let heapBytes = 1000;
  const account = new StallAccount(
    () => 0,
    () => heapBytes,
  );
  const allocate = (bytes: number): void => {
    account.book('walk', () => (heapBytes += bytes));
  };
  allocate(300);
  // The program's own allocations, outside of any piece.
  heapBytes += 5000;
  allocate(200);
  account.settle([{ startMs: 0, endMs: 1 }]);
  allocate(400);
  expect(account.snapshot().heapBytes).toBe(500);
});

test('a piece within a piece is booked once', () => {
  const { account, spend } = accountWithClock();
  account.book('answer', () => {
    spend(2);
    account.book('forced gc', () => spend(5));
  });
  account.settle([]);
  expect(account.snapshot().totalOnTargetMs).toBe(7);
  expect(account.snapshot().longestPauseMsByWork).toEqual({ answer: 7 });
});

test("a collection of the program's own that falls into a piece is taken out, and only as far as it does", () => {
  const { account, spend } = accountWithClock();
  account.book('walk', () => spend(10));
  spend(5);
  account.book('walk', () => spend(6));
  // From 8 to 17: the last two of the first piece, the first two of the second.
  account.settle([{ startMs: 8, endMs: 17 }]);
  expect(account.snapshot()).toMatchObject({ longestPauseMs: 8, totalOnTargetMs: 12 });
});

test('work that throws is booked all the same', () => {
  const { account, spend } = accountWithClock();
  expect(() =>
    account.book('walk', () => {
      spend(4);
      throw new Error('on purpose');
    }),
  ).toThrow('on purpose');
  account.settle([]);
  expect(account.snapshot().longestPauseMs).toBe(4);
});
