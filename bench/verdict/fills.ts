import type { Patience } from '../../src/verdict/persistence.ts';
import { Watcher } from '../../src/verdict/watcher.ts';
import { play } from '../../test/verdict/service.ts';
import { Random } from '../../test/verdict/traces.ts';

const shares = [0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.6] as const;
const fillSeconds = [20, 60, 600, 3_600, 6 * 3_600] as const;

/**
 * What no statistic can tell from a leak: memory that rises evenly and then, without having slowed down, is full. How many
 * of them are called before they are full depends on patience alone; how many are taken back, on the watch going on.
 */
export function fillsTable(count: number, firstSeed: number, patience: Patience): string {
  const rows = shares.map((share) => {
    const cells = fillSeconds.map((seconds) => {
      const outcomes = Array.from({ length: count }, (_, i) =>
        watchFill(share, seconds, firstSeed + i, patience),
      );
      const called = outcomes.filter((outcome) => outcome.called).length;
      const takenBack = outcomes.filter((outcome) => outcome.called && !outcome.leakingAtEnd).length;
      return called === 0 ? '0' : `${called} (${takenBack} taken back)`;
    });
    return `| ${Math.round(share * 100)} % | ${cells.join(' | ')} |`;
  });
  return [
    `| of the headroom | in 20 s | in 1 min | in 10 min | in 1 h | in 6 h |`,
    '|---|--:|--:|--:|--:|--:|',
    ...rows,
  ].join('\n');
}

function watchFill(
  share: number,
  seconds: number,
  seed: number,
  patience: Patience,
): { readonly called: boolean; readonly leakingAtEnd: boolean } {
  const random = new Random(seed * 31 + seconds + share * 1000);
  const baseBytes = random.between(5, 60) * 1e6;
  const headroomBytes = random.between(0.3, 4) * 1e9;
  const noiseBytes = 0.0005 * headroomBytes;
  const limitBytes = baseBytes + headroomBytes;
  const watcher = new Watcher({ limitBytes, patience });
  let called = false;
  play(
    {
      limitBytes,
      baseBytes,
      heap: (t) => share * headroomBytes * Math.min(1, t / seconds),
      noise: () => noiseBytes * random.normal(),
      allocation: () => 5e6,
      promotedShare: 0.05,
    },
    Math.max(300, seconds * 5),
    random,
    (tick) => {
      watcher.add(tick);
      called ||= watcher.isLeaking;
    },
  );
  return { called, leakingAtEnd: watcher.isLeaking };
}
