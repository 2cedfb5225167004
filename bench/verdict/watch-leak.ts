import type { MemorySpace } from '../../src/core/verdict.ts';
import type { Patience } from '../../src/verdict/persistence.ts';
import { Watcher } from '../../src/verdict/watcher.ts';
import { play } from '../../test/verdict/service.ts';
import { Random } from '../../test/verdict/traces.ts';
import { type Cell, drawLeak, type Leak } from './leaks.ts';
import { Oracle } from './oracle.ts';

/** What became of one leaking service. */
export type Outcome = {
  readonly leak: Leak;
  readonly calledSeconds: number | undefined;
  readonly calledSpace: MemorySpace | null;
  /** The part of the headroom that had leaked when it was called. */
  readonly usedShare: number;
  /** When the e-process alone would have called it. */
  readonly evidenceSeconds: number | undefined;
  readonly oracleSeconds: number | undefined;
  /** Whether the slope's 99 % interval held the truth, and the forecast's 90 % interval the time to the limit. */
  readonly slopeCovered: boolean | undefined;
  readonly fitCovered: boolean | undefined;
  readonly forecastCovered: boolean | undefined;
  /** True time to the limit beside the forecast's. */
  readonly forecastTooShort: boolean | undefined;
};

export function watchLeak(cell: Cell, seed: number, patience: Patience): Outcome {
  const random = new Random(seed);
  const leak = drawLeak(cell, random);
  const { service, space } = leak;
  const watcher = new Watcher({ limitBytes: service.limitBytes, patience });
  const oracle = new Oracle(leak.bytesPerSecond, leak.noiseBytes ** 2, leak.wanderingPerSecond);
  let calledSeconds: number | undefined;
  let evidenceSeconds: number | undefined;
  let oracleSeconds: number | undefined;
  let block = Infinity;
  play(service, leak.lifeSeconds * 1.5, random, (tick) => {
    const seconds = (tick.sample?.timeMs ?? 0) / 1000;
    watcher.add(tick);
    for (const floor of tick.floors) {
      if (space === 'heap') oracle.add(floor.timeMs, floor.heapBytes);
      if (space === 'external') oracle.add(floor.timeMs, floor.externalBytes);
    }
    if (space === 'native' && tick.sample !== null && seconds >= block) {
      oracle.add(tick.sample.timeMs, tick.sample.rss - tick.sample.heapTotal - tick.sample.external);
      block = seconds + 1;
    }
    if (block === Infinity) block = 0;
    if (oracle.isSure) oracleSeconds ??= seconds;
    if (watcher.isConvinced(space)) evidenceSeconds ??= seconds;
    if (watcher.isLeaking) calledSeconds ??= seconds;
    return (
      (calledSeconds === undefined || oracleSeconds === undefined) &&
      leak.leaked(seconds) < leak.headroomBytes
    );
  });
  const verdict = calledSeconds === undefined ? undefined : watcher.verdict(calledSeconds * 1000);
  const covered = (interval: readonly [number, number] | undefined, truth: number): boolean | undefined =>
    interval === undefined ? undefined : interval[0] <= truth && truth <= interval[1];
  const forecast = verdict?.forecast ?? undefined;
  const left = forecast === undefined ? Number.NaN : secondsUntilFull(leak) - (calledSeconds ?? 0);
  return {
    leak,
    calledSeconds,
    calledSpace: verdict?.space ?? null,
    usedShare: leak.leaked(calledSeconds ?? leak.lifeSeconds) / leak.headroomBytes,
    evidenceSeconds,
    oracleSeconds,
    slopeCovered: covered(verdict?.growth?.interval, leak.bytesPerSecondAt(calledSeconds ?? 0)),
    fitCovered: undefined,
    forecastCovered: covered(forecast?.interval, left),
    forecastTooShort: forecast && left > forecast.interval[1],
  };
}

function secondsUntilFull({ leaked, headroomBytes, lifeSeconds }: Leak): number {
  let low = 0;
  let high = lifeSeconds * 10;
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    if (leaked(middle) < headroomBytes) low = middle;
    else high = middle;
  }
  return high;
}
