import type { MemorySpace } from '../../src/core/verdict.ts';
import type { Patience } from '../../src/verdict/persistence.ts';
import { Watcher } from '../../src/verdict/watcher.ts';
import { play } from '../../test/verdict/service.ts';
import { Random } from '../../test/verdict/traces.ts';
import { type Cell, drawLeak, type Leak } from './leaks.ts';
import { Oracle } from './oracle.ts';
import { rivals } from './rivals.ts';

/** What became of one leaking service. */
export type Outcome = {
  readonly leak: Leak;
  readonly calledSeconds: number | undefined;
  readonly calledSpace: MemorySpace | null;
  /** The part of the headroom that had leaked when it was called. */
  readonly usedShare: number;
  /** When the evidence alone would have called it. */
  readonly evidenceSeconds: number | undefined;
  readonly oracleSeconds: number | undefined;
  /** The part of the headroom that had leaked when the oracle was sure. */
  readonly oracleUsedShare: number | undefined;
  /** Whether the slope's 99 % interval held the truth; `undefined` where there was none. */
  readonly slopeCovered: boolean | undefined;
  /** Whether the forecast's 90 % interval held the true time to the limit, and where it lay else. */
  readonly forecastCovered: boolean | undefined;
  readonly forecastTooLate: boolean | undefined;
  readonly forecastTooEarly: boolean | undefined;
  /** Whether *steady* was ever said with the true growth among what was excluded. */
  readonly wronglyExcluded: boolean;
  readonly rivals: readonly { readonly name: string; readonly usedShare: number | undefined }[];
};

/** Plays one leak until the headroom is full, and keeps what was said of it when. */
export function watchLeak(cell: Cell, seed: number, patience: Patience): Outcome {
  const random = new Random(seed);
  const leak = drawLeak(cell, random);
  const { service, space } = leak;
  const watcher = new Watcher({ limitBytes: service.limitBytes, patience });
  const oracle = new Oracle(leak.bytesPerSecond, leak.noiseBytes ** 2, leak.wanderingPerSecond);
  const others = rivals(service.limitBytes).map((rival) => ({ rival, at: undefined as number | undefined }));
  let called: ReturnType<Watcher['verdict']> | undefined;
  let calledSeconds: number | undefined;
  let evidenceSeconds: number | undefined;
  let oracleSeconds: number | undefined;
  let wronglyExcluded = false;
  play(service, leak.lifeSeconds * 1.5, random, (tick) => {
    const { sample } = tick;
    if (sample === null) return true;
    const seconds = sample.timeMs / 1000;
    if (calledSeconds === undefined || evidenceSeconds === undefined) watcher.add(tick);
    for (const floor of tick.floors) {
      if (space === 'heap') oracle.add(floor.timeMs, floor.heapBytes);
      if (space === 'external') oracle.add(floor.timeMs, floor.externalBytes);
    }
    if (space === 'native') oracle.add(sample.timeMs, sample.rss - sample.heapTotal - sample.external);
    if (oracle.isSure) oracleSeconds ??= seconds;
    if (evidenceSeconds === undefined && tick.floors.length + (seconds % 20 === 0 ? 1 : 0) > 0) {
      if (watcher.isConvinced(space)) evidenceSeconds = seconds;
    }
    if (calledSeconds === undefined && watcher.isLeaking) {
      calledSeconds = seconds;
      called = watcher.verdict(sample.timeMs);
    }
    const excluded = watcher.excludedBytesPerSecond(space);
    if (calledSeconds === undefined && excluded !== undefined) {
      wronglyExcluded ||= leak.bytesPerSecondAt(seconds) > excluded;
    }
    for (const other of others) if (other.rival.add(tick)) other.at ??= seconds;
    return leak.leaked(seconds) < leak.headroomBytes;
  });
  const forecast = called?.forecast ?? undefined;
  const left = secondsUntilFull(leak) - (calledSeconds ?? 0);
  const usedAt = (seconds: number): number => leak.leaked(seconds) / leak.headroomBytes;
  return {
    leak,
    calledSeconds,
    calledSpace: called?.space ?? null,
    usedShare: usedAt(calledSeconds ?? leak.lifeSeconds),
    evidenceSeconds,
    oracleSeconds,
    oracleUsedShare: oracleSeconds === undefined ? undefined : usedAt(oracleSeconds),
    slopeCovered: isHeld(called?.growth?.interval, leak.bytesPerSecondAt(calledSeconds ?? 0)),
    forecastCovered: isHeld(forecast?.interval, left),
    forecastTooLate: forecast && left < forecast.interval[0],
    forecastTooEarly: forecast && left > forecast.interval[1],
    wronglyExcluded,
    rivals: others.map(({ rival, at }) => ({
      name: rival.name,
      usedShare: at === undefined ? undefined : usedAt(at),
    })),
  };
}

function isHeld(interval: readonly [number, number] | undefined, truth: number): boolean | undefined {
  return interval === undefined ? undefined : interval[0] <= truth && truth <= interval[1];
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
