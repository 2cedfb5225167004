import { type ChildProcess, fork, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Acknowledgement, AgentTick } from '../../src/probe/agent-tick.ts';
import { attach } from '../../src/target/attach.ts';
import type { OpenTarget } from '../../src/target/meet-agent.ts';
import { builtFiles } from '../lib/built-files.ts';
import { type PairedResult, paired } from './paired.ts';

// What watching costs a server: `npm run bench -- overhead [--rounds 8] [--window 10] [--long-window 205] [--dear] [--only WORDS]`, the
// windows in seconds; --dear adds what is known to cost much, and WORDS, with commas between, leaves the
// modes with one of them.
//
// Two servers share one core, as busy as it can be; the load comes from the other core. One of them has the mode beside it,
// then the other: whatever the machine does meanwhile, it does to both. Beside leakline, on the same work in the same run:
// nothing at all (A/A), Datadog's heap profiler, clinic doctor. Writes bench/results/overhead.md. The two tools are
// installed into .cache/overhead, once.

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '8' },
    window: { type: 'string', default: '10' },
    'long-window': { type: 'string', default: '205' },
    only: { type: 'string', default: '' },
    dear: { type: 'boolean', default: false },
  },
});
const ROUNDS = Number(values.rounds);
const WINDOW_MS = Number(values.window) * 1000;
/**
 * `--gc auto` forces one collection in this time on a server that is busy all the time (`src/probe/gc-budget.ts`, 200 ms and its
 * pause in a thousandth of the time): a shorter window has none. Windows of that length for `--dear`; else its cost is that of
 * watching without one and its share of what one a second costs, both measured here.
 */
const SECONDS_A_COLLECTION = 205;
const LONG_WINDOW_MS = Number(values['long-window']) * 1000;
/** What was compiled, or thrown away by a mode before, is compiled again under load before anything counts. */
const SETTLE_MS = 2000;
/** With a full collection in each second. */
const AGING_MS = 30_000;
/** A watch that has just begun forces its first collection after two seconds. */
const SETTLE_WATCHED_MS = 6000;
const WATCHES_ALONE = 5;
/** The load outlasts the window by this. */
const SPARE_MS = 500;
/**
 * V8 lets the young generation grow as objects survive, to 16 MB in the end; a server that has come to twice the size collects
 * half as often, and that alone made one of two equal servers 3 % dearer for minutes.
 */
const YOUNG_GENERATION = ['--min-semi-space-size=16', '--max-semi-space-size=16'];
const SERVER_CORE = '0';
const LOAD_CORE = '1';
const tools = resolve('.cache/overhead');
const appNames = ['json', 'churn'] as const;

type Server = { readonly child: ChildProcess; readonly port: number };

/** Something that can be on or off beside a server, between two windows. */
type Mode = {
  readonly name: string;
  readonly settleMs: number;
  readonly windowMs: number;
  /** Whether its looks are counted. */
  readonly isWatch?: boolean;
  /** Left out but with `--dear`. */
  readonly isDear?: boolean;
  on(server: Server): Promise<void>;
  off(server: Server): Promise<void>;
  /** A server of its own that always has it, where it can't be taken off: beside it is the one that never had any. */
  readonly twin?: { readonly nodeArguments: readonly string[]; readonly env: NodeJS.ProcessEnv };
  /** Both servers are measured beside the one that never had any: what all modes left behind. */
  readonly isRemains?: boolean;
};

const WATCHING = 'leakline, watching (--gc natural)';
const COLLECTING = 'one full collection a second, and nothing else';
const nothing = (): Promise<void> => Promise.resolve();
const short = { settleMs: SETTLE_MS, windowMs: WINDOW_MS };
/** Of the watch that ended last. */
let longestLookMs = 0;
const longestLooksMs: number[] = [];
const shares: number[] = [];
const modes: readonly Mode[] = [
  { name: 'nothing (A/A)', ...short, on: nothing, off: nothing },
  leakline(WATCHING, 'natural', 2 * WINDOW_MS),
  { ...leakline('leakline, watching (--gc auto), by itself', 'auto', LONG_WINDOW_MS), isDear: true },
  {
    ...leakline('leakline, in its first minute or while memory rises (--gc auto)', 'closer', 2 * WINDOW_MS),
    isDear: true,
  },
  {
    name: COLLECTING,
    ...short,
    on: async (server) => void (await ask(server.child, 'collect on')),
    off: async (server) => void (await ask(server.child, 'collect off')),
  },
  {
    name: "Datadog's heap profiler, 512 KiB",
    ...short,
    on: async (server) => void (await ask(server.child, 'datadog on')),
    off: async (server) => void (await ask(server.child, 'datadog off')),
  },
  { name: 'clinic doctor', ...short, on: nothing, off: nothing, twin: clinicDoctor() },
  {
    name: 'nothing, on servers that had all of these but doctor',
    ...short,
    on: nothing,
    off: nothing,
    isRemains: true,
  },
];

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
installTools();
pin(process.pid, LOAD_CORE);
const rows: string[] = [];
for (const app of appNames) rows.push(...(await measure(app)));
const text = summary();
console.log(text);
mkdirSync('bench/results', { recursive: true });
writeFileSync('bench/results/overhead.md', text);

function leakline(name: string, how: 'natural' | 'auto' | 'closer', windowMs: number): Mode {
  let target: OpenTarget | null = null;
  let last: AgentTick | null = null;
  return {
    name,
    isWatch: how !== 'closer',
    settleMs: SETTLE_WATCHED_MS,
    windowMs,
    async on({ child }) {
      const handlers = {
        onEvent: (event: string, params: unknown): void => {
          if (event !== 'tick') return;
          const acknowledgement: Acknowledgement = { closer: how === 'closer', rises: false };
          target?.peer.notify('ack', acknowledgement);
          last = params as AgentTick;
        },
      };
      target = await attach(child.pid ?? 0, builtFiles(), handlers);
      await target.peer.call('watch', {
        gc: how === 'natural' ? how : 'auto',
        maxPauseMs: 50,
        startGc: true,
      });
    },
    async off() {
      await target?.close();
      target = null;
      if (last === null || how === 'closer') return;
      shares.push((last.cost.totalMsByWork.sample ?? 0) / last.sample.timeMs);
      longestLookMs = last.cost.longestPauseMsByWork.sample ?? 0;
    },
  };
}

/** A row of the table for each mode. */
async function measure(app: (typeof appNames)[number]): Promise<string[]> {
  const isMeasured = ({ name, isDear = false }: Mode): boolean =>
    values.only.split(',').some((word) => name.includes(word)) && (values.dear || !isDear);
  const measured = modes.filter(isMeasured);
  const one = await startServer(app);
  const other = await startServer(app);
  const untouched = await startServer(app);
  const twins = new Map<Mode, Server>();
  for (const mode of measured)
    if (mode.twin !== undefined) twins.set(mode, await startServer(app, mode.twin));
  // All are compiled and warm before anything counts, and as often collected as one that has run for a while.
  await Promise.all([one, other, untouched, ...twins.values()].map(age));
  const differences = new Map(
    measured.map(({ name }): [string, Differences] => [name, { cpu: [], throughput: [] }]),
  );
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const mode of inTurn(measured, round)) {
      const twin = twins.get(mode);
      const [beside, besideOther] = mode.isRemains === true ? [untouched, untouched] : [other, one];
      const seen =
        twin === undefined
          ? [await sideBySide(mode, one, beside), await sideBySide(mode, other, besideOther)]
          : [await sideBySide(mode, twin, untouched)];
      const cpu = geometricMean(seen.map((one) => one.cpu)) - 1;
      const throughput = geometricMean(seen.map((one) => one.throughput)) - 1;
      differences.get(mode.name)?.cpu.push(cpu);
      differences.get(mode.name)?.throughput.push(throughput);
      console.log(
        `${app}, round ${round + 1} of ${ROUNDS}: ${mode.name} ${percent(cpu)} ${percent(throughput)}`,
      );
    }
  }
  addComposite(differences);
  for (const server of [other, untouched, ...twins.values()]) server.child.kill('SIGKILL');
  for (const mode of measured) if (mode.isWatch === true) await lookAlone(mode, one);
  one.child.kill('SIGKILL');
  return [...differences].map(([name, { cpu, throughput }]) => {
    const row = `| ${app} | ${name} | ${cells(paired(cpu))} | ${cells(paired(throughput))} |`;
    console.log(row);
    return row;
  });
}

/**
 * How long a look holds a busy server up, which only one that has its core to itself can tell: beside another server some
 * looks are interrupted for the other's turn.
 */
async function lookAlone(mode: Mode, server: Server): Promise<void> {
  for (let watch = 0; watch < WATCHES_ALONE; watch += 1) {
    await mode.on(server);
    await load(server, WINDOW_MS);
    await mode.off(server);
    longestLooksMs.push(longestLookMs);
  }
}

type Differences = { readonly cpu: number[]; readonly throughput: number[] };

/** What merely watching costs with leakline's own collections in it, round by round. */
function addComposite(differences: Map<string, Differences>): void {
  const watching = differences.get(WATCHING);
  const collecting = differences.get(COLLECTING);
  if (watching === undefined || collecting === undefined) return;
  const sum = (read: (one: Differences) => readonly number[]): number[] =>
    read(watching).map(
      (difference, round) => difference + (read(collecting)[round] ?? 0) / SECONDS_A_COLLECTION,
    );
  differences.set('leakline, watching (--gc auto): both, with one collection in 205 s', {
    cpu: sum(({ cpu }) => cpu),
    throughput: sum(({ throughput }) => throughput),
  });
}

/** Begins one further in each round, and goes the other way in every second. */
function inTurn<Item>(items: readonly Item[], round: number): Item[] {
  const turned = items.map((_, index) => items[(index + round) % items.length]);
  return round % 2 === 0 ? turned : turned.reverse();
}

function geometricMean(ratios: readonly number[]): number {
  return Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length);
}

/**
 * V8's code is dearer after the first full collections than before, whoever causes them: 10 to 12 % for `json`, which has
 * none by itself while this runs, and hardly more once there were some (docs/decisions/0013-what-compiled-code-remembers.md).
 */
async function age(server: Server): Promise<void> {
  await ask(server.child, 'collect on');
  await load(server, AGING_MS);
  await ask(server.child, 'collect off');
}

/** What the mode does to one of two servers under load, as ratios to the other: how often as much CPU, how much fewer requests. */
async function sideBySide(
  mode: Mode,
  server: Server,
  beside: Server,
): Promise<{ readonly cpu: number; readonly throughput: number }> {
  const { settleMs, windowMs } = mode;
  await mode.on(server);
  const [[on, off]] = await Promise.all([
    Promise.all([server, beside].map((one) => usageOf(one, settleMs, windowMs))),
    ...[server, beside].map((one) => load(one, settleMs + windowMs + SPARE_MS)),
  ]);
  await mode.off(server);
  if (on === undefined || off === undefined) throw new Error('a window has no figures');
  return { cpu: on.cpuPerRequest / off.cpuPerRequest, throughput: off.perSecond / on.perSecond };
}

/** Of the window after it has settled. */
async function usageOf(
  { child }: Server,
  settleMs: number,
  windowMs: number,
): Promise<{ readonly cpuPerRequest: number; readonly perSecond: number }> {
  await sleep(settleMs);
  const before = await ask<Usage>(child, 'usage');
  const startMs = performance.now();
  await sleep(windowMs);
  const after = await ask<Usage>(child, 'usage');
  const seconds = (performance.now() - startMs) / 1000;
  const requests = after.requests - before.requests;
  return {
    cpuPerRequest: (after.cpuMicroseconds - before.cpuMicroseconds) / requests,
    perSecond: requests / seconds,
  };
}

type Usage = { readonly requests: number; readonly cpuMicroseconds: number };

async function startServer(app: string, twin?: Mode['twin']): Promise<Server> {
  const child = fork(resolve('bench/overhead/server.js'), [app, tools], {
    // What clinic writes beside the program goes with its data.
    cwd: twin?.env.NODE_CLINIC_DOCTOR_DATA_PATH ?? process.cwd(),
    execArgv: [...YOUNG_GENERATION, ...(twin?.nodeArguments ?? [])],
    env: { ...process.env, NODE_OPTIONS: '', ...twin?.env },
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  process.once('exit', () => child.kill('SIGKILL'));
  pin(child.pid ?? 0, SERVER_CORE);
  const port = await new Promise<number>((done, fail) => {
    child.once('message', (message) => done((message as { value: number }).value));
    child.once('exit', (code) => fail(new Error(`the ${app} server ended at its start with ${code}`)));
  });
  return { child, port };
}

function ask<Value>(child: ChildProcess, order: string): Promise<Value> {
  return new Promise((done) => {
    child.once('message', (message) => done((message as { value: Value }).value));
    child.send(order);
  });
}

/** From the other core. */
async function load({ port }: Server, milliseconds: number): Promise<void> {
  const child = spawn(
    'taskset',
    ['-c', LOAD_CORE, process.execPath, 'bench/overhead/load.js', String(port), String(milliseconds)],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const code = await new Promise((done) => child.once('close', done));
  if (code !== 0) throw new Error(`the load generator ended with ${String(code)}`);
}

/** Every thread of it: a process's affinity is that of the thread it names. */
function pin(pid: number, core: string): void {
  spawnSync('taskset', ['-acp', core, String(pid)]);
}

function installTools(): void {
  if (existsSync(join(tools, 'node_modules/@clinic/doctor'))) return;
  mkdirSync(tools, { recursive: true });
  writeFileSync(join(tools, 'package.json'), '{ "private": true }\n');
  const packages = ['@datadog/pprof@5.20.0', '@clinic/doctor@11.0.0'];
  const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const { status } = spawnSync('npm', ['install', ...packages, ...options], { cwd: tools, stdio: 'inherit' });
  if (status !== 0) throw new Error(`${packages.join(' and ')} could not be installed into ${tools}`);
}

/** As its own command starts a program (its index.js), but for the arguments that only tell it when to stop. */
function clinicDoctor(): NonNullable<Mode['twin']> {
  const data = mkdtempSync(join(tmpdir(), 'overhead-'));
  process.once('exit', () => rmSync(data, { recursive: true, force: true }));
  return {
    nodeArguments: [
      '--trace-events-enabled',
      '--trace-event-categories',
      'v8',
      '-r',
      join(tools, 'node_modules/@clinic/doctor/injects/sampler.js'),
    ],
    env: {
      NODE_CLINIC_DOCTOR_DATA_PATH: data,
      NODE_CLINIC_DOCTOR_SAMPLE_INTERVAL: '10',
      NODE_CLINIC_DOCTOR_TIMEOUT_DELAY: '0',
      NODE_CLINIC_DOCTOR_COLLECT_LOOP_UTILIZATION: 'true',
    },
  };
}

function cells({ median, upper95, halfWidth }: PairedResult): string {
  return `${percent(median)} | ${percent(upper95)} | ±${percent(halfWidth)}`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}

function summary(): string {
  const longest = [...longestLooksMs].sort((a, b) => a - b);
  const meanShare = shares.reduce((a, b) => a + b, 0) / Math.max(1, shares.length);
  return [
    '# What watching costs',
    '',
    `\`npm run bench -- overhead --rounds ${ROUNDS} --window ${WINDOW_MS / 1000} --long-window ${LONG_WINDOW_MS / 1000}${values.dear ? ' --dear' : ''}\`, Node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model.trim() ?? '?'}), ${new Date().toISOString().slice(0, 10)}.`,
    '',
    'Against a server with nothing beside it that shares the core, both as busy as it allows; then the other way round. `at most` is',
    'the upper bound of the median at 95 % (order statistics). The A/A row says what this measurement can tell from nothing.',
    'clinic doctor cannot be taken off, so it is always the same of two processes, and beside it a server that had nothing.',
    '',
    '| app | beside the server | CPU a request | at most | | throughput lost | at most | |',
    '| --- | --- | --: | --: | --: | --: | --: | --: |',
    ...rows,
    '',
    `While merely watching, as accounted inside, all looks took ${percent(meanShare)} of the main thread. Of ${longest.length} watches of ${WINDOW_MS / 1000} s of a`,
    `busy server that has its core to itself, the longest look took ${(longest[Math.floor(longest.length / 2)] ?? 0).toFixed(2)} ms in the median and ${(longest.at(-1) ?? 0).toFixed(2)} ms at worst; ${longest.filter((ms) => ms > 2).length} were over 2 ms.`,
    '',
  ].join('\n');
}
