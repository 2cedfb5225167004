import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { installedNodes, missingNodes } from '../lib/nodes.ts';
import { type Cut, runClient } from './client.ts';
import { attachCycles } from './cycles.ts';
import { exits } from './exits.ts';
import { type Outcome, inParallel } from './outcome.ts';
import { secondClients } from './second-client.ts';
import { earlyLaunches, lookAsNobody, signalHazards } from './signals.ts';
import { strangePrograms } from './strange-programs.ts';

// That a target is not harmed: `npm run bench -- unharmed [--cycles 10000] [--launches 200] [--only cycles,exits,signals,clients,programs]
// [--width 4]`. Cycles and launches are shared out among the Node versions. Writes bench/results/unharmed.md.
// `client` and `look` are for the cases themselves: a leakline in a process of its own.

if (process.argv[2] === 'client') {
  const order = JSON.parse(process.argv[3] ?? '') as { pid: number; cut: Cut };
  await runClient(order.pid, order.cut);
  process.exit(0);
}
if (process.argv[2] === 'look') {
  process.stdout.write(await lookAsNobody(Number(process.argv[3])));
  process.exit(0);
}

const { values } = parseArgs({
  options: {
    cycles: { type: 'string', default: '400' },
    launches: { type: 'string', default: '200' },
    only: { type: 'string', default: 'cycles,exits,signals,clients,programs' },
    width: { type: 'string', default: '4' },
  },
});

/** So many cycles a process; then a new one, so that a death costs the rest of a batch and not of the run. */
const BATCH = 50;

const nodes = installedNodes();
const beganMs = performance.now();
const wanted = values.only.split(',');
const perNode = Math.round(Number(values.cycles) / nodes.length);
const batches = Math.ceil(perNode / BATCH);
const cycles = nodes.flatMap((node) =>
  Array.from(
    { length: batches },
    (_, batch) => () =>
      attachCycles(
        node,
        batch % 2 === 0 ? 'cjs' : 'mjs',
        Math.min(BATCH, perNode - batch * BATCH),
        batch * BATCH,
      ),
  ),
);
// By themselves: latencies are their promise, or leakline's patience is a part of them.
const others = nodes.flatMap((node) => [
  ...(wanted.includes('exits') ? [() => exits(node)] : []),
  ...(wanted.includes('signals')
    ? [
        () => signalHazards(node),
        () => earlyLaunches(node, Math.round(Number(values.launches) / nodes.length)),
      ]
    : []),
  ...(wanted.includes('clients') ? [() => secondClients(node)] : []),
  ...(wanted.includes('programs') ? [() => strangePrograms(node)] : []),
]);
const run = async (one: () => Promise<Outcome>): Promise<Outcome> => {
  const outcome = await one();
  console.log([lineOf(outcome), ...outcome.violations].join('\n'));
  return outcome;
};
const outcomes = [
  ...(wanted.includes('cycles') ? await inParallel(cycles, Number(values.width), run) : []),
  ...(await inParallel(others, 1, run)),
];
mkdirSync('bench/results', { recursive: true });
writeFileSync('bench/results/unharmed.md', summary(merged(outcomes)));
process.exitCode = outcomes.some(({ violations }) => violations.length > 0) ? 1 : 0;

/** The batches of one case on one Node, as one. */
function merged(list: readonly Outcome[]): Outcome[] {
  const byCase = new Map<string, Outcome>();
  for (const outcome of list) {
    const key = `${outcome.name} ${outcome.node}`;
    const known = byCase.get(key);
    byCase.set(
      key,
      known === undefined
        ? outcome
        : {
            ...known,
            runs: known.runs + outcome.runs,
            violations: [...known.violations, ...outcome.violations],
          },
    );
  }
  return [...byCase.values()].sort((a, b) => a.name.localeCompare(b.name));
}

function lineOf({ name, node, runs, violations, note }: Outcome): string {
  return `| ${name} | ${node} | ${runs} | ${violations.length} | ${note} |`;
}

function summary(list: readonly Outcome[]): string {
  const broken = list.flatMap(({ name, node, violations }) =>
    violations.map((violation) => `- ${name}, Node ${node}: ${violation}`),
  );
  return [
    '# A target is not harmed',
    '',
    `\`npm run bench -- unharmed --cycles ${values.cycles} --launches ${values.launches} --only ${values.only}\`, ${cpus().length} cores (${cpus()[0]?.model ?? '?'}), ${new Date().toISOString().slice(0, 10)}, ${((performance.now() - beganMs) / 60_000).toFixed(1)} min.`,
    ...(missingNodes().length > 0 ? ['', `Without Node ${missingNodes().join(', ')}.`] : []),
    '',
    "Not among the cycles on Node 20 and 22: leakline's helper process killed between an evaluation and its answer. Those",
    'versions then end with a segmentation fault, whichever client it is. leakline itself is killed at every step.',
    '',
    '| case | Node | runs | broken promises | |',
    '| --- | --- | --: | --: | --- |',
    ...list.map(lineOf),
    ...(broken.length > 0 ? ['', ...broken] : []),
    '',
  ].join('\n');
}
