import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Watcher } from '../../src/verdict/watcher.ts';
import { healthyRecordings } from './recordings.ts';

const MINUTE_MS = 60_000;

// Real servers, of which it is known that they do not leak.
describe.each(healthyRecordings(join(import.meta.dirname, 'recordings')))(
  '$name, recorded',
  ({ ticks, limitBytes }) => {
    test('is not called leaking at any second by a standing watch', () => {
      const watcher = new Watcher({ limitBytes, patience: 'standing' });
      for (const tick of ticks) {
        watcher.add(tick);
        expect(watcher.isLeaking).toBe(false);
      }
    });

    // So that the above can fail: the same server with 1 MB/s on top of each floor.
    test('is called when it also leaks', () => {
      const watcher = new Watcher({ limitBytes: 4e8, patience: 'quick' });
      const leaked = (timeMs: number): number => timeMs * 1000;
      for (const { sample, gcs, floors } of ticks) {
        if ((sample?.timeMs ?? 0) > 5 * MINUTE_MS) break;
        watcher.add({
          sample: sample && { ...sample, heapUsed: sample.heapUsed + leaked(sample.timeMs) },
          gcs: gcs.map((gc) => ({
            ...gc,
            beforeBytes: gc.beforeBytes + leaked(gc.timeMs),
            afterBytes: gc.afterBytes + leaked(gc.timeMs),
          })),
          floors: floors.map((floor) => ({ ...floor, heapBytes: floor.heapBytes + leaked(floor.timeMs) })),
        });
      }
      expect(watcher.isLeaking).toBe(true);
    });
  },
);
