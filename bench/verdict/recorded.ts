import { Watcher } from '../../src/verdict/watcher.ts';
import type { Patience } from '../../src/verdict/persistence.ts';
import { type Recording, healthyRecordings } from '../../test/verdict/recordings.ts';
import { rivals } from './rivals.ts';

/** What is said of real servers that do not leak. */
export function recordedTable(folder: string): string {
  const recordings = healthyRecordings(folder);
  const names = rivals(1).map(({ name }) => name);
  const rows = recordings.map((recording) => {
    const { name, node, ticks } = recording;
    const [quick, standing] = (['quick', 'standing'] as const).map((patience) => said(recording, patience));
    const cells = [
      name,
      node,
      ticks.length,
      ticks.reduce((sum, { floors }) => sum + floors.length, 0),
      quick,
      standing,
      ...rivalAlarms(recording).map((alarm) => (alarm ? 'alarm' : '')),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  const seconds = recordings.reduce((sum, { ticks }) => sum + ticks.length, 0);
  return [
    `${recordings.length} servers, ${(seconds / 3600).toFixed(1)} hours in all.`,
    '',
    `| server | Node | seconds | floors | quick, at the end | standing, at the end | ${names.join(' | ')} |`,
    `| --- | --- | --: | --: | --- | --- | ${names.map(() => '---').join(' | ')} |`,
    ...rows,
  ].join('\n');
}

/** `leaking at 40 s` if that was ever said, taken back or not. */
function said({ ticks, limitBytes }: Recording, patience: Patience): string {
  const watcher = new Watcher({ limitBytes, patience });
  let alarmMs: number | undefined;
  let lastMs = 0;
  for (const tick of ticks) {
    watcher.add(tick);
    lastMs = tick.sample?.timeMs ?? lastMs;
    if (watcher.isLeaking) alarmMs ??= lastMs;
  }
  const { kind } = watcher.verdict(lastMs);
  return alarmMs === undefined ? kind : `${kind}; **leaking at ${Math.round(alarmMs / 1000)} s**`;
}

function rivalAlarms({ ticks, limitBytes }: Recording): readonly boolean[] {
  const others = rivals(limitBytes ?? 4e9);
  for (const tick of ticks) for (const rival of others) rival.add(tick);
  return others.map((rival) => rival.add({ sample: null, gcs: [], floors: [] }));
}
