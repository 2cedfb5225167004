import { expect, test } from 'vitest';
import type { ListedTarget } from '../../src/session/list-targets.ts';
import { ProcessHistory } from '../../src/session/process-history.ts';

test('a process is remembered by its number as long as it is the same one', () => {
  const history = new ProcessHistory();
  history.add([target(1, 10_000, 50), target(2, 500, 70)], 0);
  history.add([target(1, 12_000, 60)], 2000);
  // 2 was gone in between, and what is 1 now began a second ago.
  const rows = history.add([target(1, 1000, 30), target(2, 4500, 90)], 4000);
  expect(rows.map(({ rssOverTime }) => rssOverTime)).toEqual([
    [{ timeMs: 4000, size: 30 }],
    [{ timeMs: 4000, size: 90 }],
  ]);
  expect(history.add([target(2, 6500, 95)], 6000)[0]?.rssOverTime).toEqual([
    { timeMs: 4000, size: 90 },
    { timeMs: 6000, size: 95 },
  ]);
});

test('what is remembered of one does not grow for ever', () => {
  const history = new ProcessHistory();
  for (let look = 0; look < 1000; look += 1) history.add([target(1, look * 2000, look)], look * 2000);
  const [row] = history.add([target(1, 2_000_000, 1000)], 2_000_000);
  expect(row?.rssOverTime.map(({ size }) => size)).toEqual(
    Array.from({ length: 60 }, (_, index) => 941 + index),
  );
});

function target(pid: number, uptimeMs: number, rssBytes: number): ListedTarget {
  return {
    pid,
    node: null,
    command: 'node',
    rssBytes,
    uptimeMs,
    attachable: true,
    way: 'signal',
    reason: null,
  };
}
