import { cpus } from 'node:os';
import { mkdirSync, writeFileSync } from 'node:fs';
import { decide } from '../src/verdict/decide.ts';
import { growthPerOperation } from '../src/verdict/per-operation.ts';
import { workloadTrace } from '../test/verdict/operation-traces.ts';
import { Random } from '../test/verdict/traces.ts';

// What growth per operation costs leakline beside the verdict on the same series: `npm run bench -- per-operation`.

const rows: string[] = [];
for (const floors of [30, 100, 1000, 4000]) {
  const series = workloadTrace(
    {
      seconds: floors * 2,
      floorEverySeconds: 2,
      arrivals: 'random',
      requestsPerSecond: 20,
      connectionsPerSecond: 5,
      connectionSeconds: 5,
      bytes: { perClosedConnection: 44_000 },
      noise: (random) => () => 5_000 * random.normal(),
    },
    new Random(1),
  );
  const perOperationMs: number[] = [];
  const verdictMs: number[] = [];
  // The first rounds are for the compiler; the two take turns.
  for (let round = 0; round < 60; round += 1) {
    const start = performance.now();
    growthPerOperation(series, { kind: 'leaking', space: 'heap', excludedBytesPerSecond: null }, 0.99);
    const middle = performance.now();
    decide(series, { limitBytes: 4e9, watchedMs: floors * 2000 });
    if (round < 40) continue;
    perOperationMs.push(middle - start);
    verdictMs.push(performance.now() - middle);
  }
  const [own, verdict] = [median(perOperationMs), median(verdictMs)];
  rows.push(
    `| ${series.floors.length} | ${own.toFixed(1)} | ${verdict.toFixed(1)} | ${(own / verdict).toFixed(2)} |`,
  );
}
const text = [
  '# Growth per operation beside the verdict',
  '',
  `\`npm run bench -- per-operation\` on Node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model ?? '?'}), ${new Date().toISOString().slice(0, 10)}. Medians of 20 rounds, three operations.`,
  '',
  '| floors | per operation ms | verdict ms | ratio |',
  '| --: | --: | --: | --: |',
  ...rows,
  '',
].join('\n');
mkdirSync('bench/results', { recursive: true });
writeFileSync('bench/results/per-operation.md', text);
console.log(text);

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}
