import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { installedNodes } from './lib/nodes.ts';

// What a window of V8's sampling heap profiler costs the process it is taken in: `npm run bench -- allocation-window`. By how
// much allocating takes longer while it is open, and how long reading it stands still beside a forced collection of the same
// heap, which it makes V8 do. Sampled and not sampled rounds take turns in one process.

const child = String.raw`
  const inspector = require('node:inspector');
  const v8 = require('node:v8');
  v8.setFlagsFromString('--expose-gc');
  const gc = require('node:vm').runInNewContext('gc');
  const session = new inspector.Session();
  session.connect();
  const post = (method, params) => {
    let answer;
    session.post(method, params, (error, result) => { if (error) throw new Error(error.message); answer = result; });
    return answer;
  };
  const now = () => Number(process.hrtime.bigint()) / 1e6;
  const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
  const [megabytes, intervalBytes] = process.argv.slice(1).map(Number);
  const kept = [];
  while (process.memoryUsage().heapUsed / 1e6 < megabytes)
    for (let i = 0; i < 1000; i += 1) kept.push({ i, text: 'k' + i, list: [i] });
  // A request: some 20 KB of garbage at the end of eight calls, of which a hundredth stays.
  const grown = [];
  const request = (depth, id) => {
    if (depth > 0) return request(depth - 1, id);
    const rows = Array.from({ length: 100 }, (_, row) => ({ id, row, name: 'row ' + row, cells: [row, id] }));
    if (id % 100 === 0) grown.push(rows);
    return rows.length;
  };
  const requests = (count) => {
    const start = now();
    for (let id = 0; id < count; id += 1) request(8, id);
    return now() - start;
  };
  requests(5000);
  const ratios = [], reads = [], collections = [], microseconds = [];
  let samples = 0, taken = 0;
  for (let round = 0; round < 12; round += 1) {
    const turns = round % 2 === 0 ? [false, true] : [true, false];
    const took = {};
    for (const sampled of turns) {
      gc();
      if (sampled) post('HeapProfiler.startSampling', { samplingInterval: intervalBytes, stackDepth: 32 });
      took[sampled] = requests(4000);
      if (!sampled) continue;
      let start = now();
      const { profile } = post('HeapProfiler.stopSampling');
      reads.push(now() - start);
      samples = profile.samples.length;
      taken = profile.samples.reduce((last, { ordinal }) => Math.max(last, ordinal), 0);
      start = now();
      gc();
      collections.push(now() - start);
    }
    ratios.push(took[true] / took[false]);
    microseconds.push(((took[true] - took[false]) * 1000) / taken);
  }
  console.log(JSON.stringify({
    ratio: median(ratios), read: median(reads), gc: median(collections), each: median(microseconds),
    samples, taken, kept: kept.length + grown.length,
  }));
`;

const rows: string[] = [];
for (const { version, path } of installedNodes()) {
  for (const megabytes of [5, 20]) {
    for (const intervalBytes of [1024, 16_384, 262_144]) {
      const { stdout, stderr } = spawnSync(path, ['-e', child, String(megabytes), String(intervalBytes)], {
        encoding: 'utf8',
      });
      if (stdout === '') throw new Error(stderr);
      const { ratio, each, read, gc, samples, taken } = JSON.parse(stdout) as Record<string, number>;
      rows.push(
        `| ${version} | ${megabytes} | ${intervalBytes} | ${taken} | ${ratio?.toFixed(2)} | ${each?.toFixed(1)} | ${samples} | ${read?.toFixed(1)} | ${gc?.toFixed(1)} |`,
      );
      console.log(rows.at(-1));
    }
  }
}
const text = [
  '# A window of sampled allocations',
  '',
  `\`npm run bench -- allocation-window\`, ${cpus().length} cores (${cpus()[0]?.model ?? '?'}), ${new Date().toISOString().slice(0, 10)}.`,
  'A round of 4,000 requests allocates as fast as it can; the ratio is its time with the sampler to its time without, the median',
  'of 12 pairs in turns. leakline chooses the interval so that at most 2,000 samples a second are taken. Reading makes V8 collect;',
  'beside it a `gc()` right after.',
  '',
  '| Node | heap MB | interval bytes | samples taken | time ratio | µs a sample | samples read | reading ms | gc() ms |',
  '| --- | --: | --: | --: | --: | --: | --: | --: | --: |',
  ...rows,
  '',
].join('\n');
mkdirSync('bench/results', { recursive: true });
writeFileSync('bench/results/allocation-window.md', text);
