import { describe, expect, test } from 'vitest';
import { Watcher } from '../../src/verdict/watcher.ts';
import { type DayFamily, dayFamilies, serviceOf } from './days.ts';
import { play } from './service.ts';

const DAYS_EACH = 17;
const SECONDS = 86_400;

// 18 families · 17 days: 306 service-days. The 3,000 of bench/verdict have other seeds.
describe('a healthy service on a standing watch', () => {
  test.each(dayFamilies)(
    'is not called leaking at any second of 17 days: $name',
    (family) => {
      for (let seed = 30_001; seed < 30_001 + DAYS_EACH; seed += 1) {
        expect(alarmSecond(family, seed), `seed ${seed}`).toBeUndefined();
      }
    },
    120_000,
  );

  // So that the above can fail: the same services with a leak that uses the headroom up in the day.
  test.each(dayFamilies)('is called when it also leaks: $name', (family) => {
    const { service, random } = serviceOf(family, 30_001);
    const headroomBytes = service.limitBytes - service.baseBytes;
    const { heap = () => 0, isSeen, ...rest } = service;
    const leaking = { ...rest, heap: (t: number) => heap(t) + (headroomBytes * t) / (SECONDS / 4) };
    let called: number | undefined;
    const watcher = new Watcher({ limitBytes: service.limitBytes, patience: 'standing' });
    play(leaking, SECONDS / 4, random, (tick) => {
      watcher.add(tick);
      if (watcher.isLeaking) called ??= (tick.sample?.timeMs ?? 0) / 1000;
    });
    expect(called).toBeDefined();
  });
});

function alarmSecond(family: DayFamily, seed: number): number | undefined {
  const { service, random } = serviceOf(family, seed);
  const watcher = new Watcher({ limitBytes: service.limitBytes, patience: 'standing' });
  let alarm: number | undefined;
  play(service, SECONDS, random, (tick) => {
    watcher.add(tick);
    if (watcher.isLeaking) alarm = (tick.sample?.timeMs ?? 0) / 1000;
    return alarm === undefined;
  });
  return alarm;
}
