import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { expectNoLeak, LeakError, measureKept } from '../../src/testing/index.ts';

test('an operation that keeps 8,016 bytes a call is told so, in bytes', async () => {
  const kept: unknown[] = [];
  const measured = await measureKept(() => kept.push(Array<number>(1000).fill(0.5)));
  expect(measured.bytesPerCall).toBeGreaterThan(7800);
  expect(measured.bytesPerCall).toBeLessThan(8600);
  expect(measured.interval[0]).toBeGreaterThan(0);
  expect(measured.floors).toHaveLength(12);
  expect(kept).toHaveLength(measured.calls);
});

test('a leak outside the heap is one too', async () => {
  const kept: Buffer[] = [];
  const failure = await expectNoLeak(() => kept.push(Buffer.alloc(100_000))).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(LeakError);
  expect((failure as LeakError).message).toMatch(
    /^each call leaves .* behind \(99 % interval .*, 300 calls\)$/,
  );
  expect(kept.length).toBeGreaterThan(0);
});

test('an operation that forgets what it made, a little later, passes', async () => {
  const open = new Map<number, unknown>();
  let last = 0;
  await expectNoLeak(
    async () => {
      const id = (last += 1);
      open.set(id, Array<number>(1000).fill(0.5));
      await sleep(1);
      open.delete(id);
    },
    { allowedBytes: 200 },
  );
  expect(open.size).toBe(0);
});

test('what the operation fails with is passed on', async () => {
  await expect(expectNoLeak(() => Promise.reject(new Error('refused')))).rejects.toThrow('refused');
});

test('too few rounds are refused, not guessed from', async () => {
  await expect(measureKept(() => undefined, { rounds: 3 })).rejects.toThrow('rounds is 3');
});
