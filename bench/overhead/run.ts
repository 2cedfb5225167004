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

// What watching costs a server: `npm run bench -- overhead [--pairs 35] [--window 4000] [--only WORD]`; WORD leaves the modes
// with that word. Pairs of measurements, on and off in turns (ABBA), on servers that are as busy as one core allows; the
// load comes from the other core. Beside leakline, on the same work in the same run: nothing at all (A/A), Datadog's heap
// profiler, clinic doctor. Writes bench/results/overhead.md. The two tools are installed into .cache/overhead, once.

const { values } = parseArgs({
  options: {
    pairs: { type: 'string', default: '35' },
    window: { type: 'string', default: '4000' },
    only: { type: 'string', default: '' },
  },
});
const PAIRS = Number(values.pairs);
const WINDOW_MS = Number(values.window);
const SERVER_CORE = '0';
const LOAD_CORE = '1';
const tools = resolve('.cache/overhead');
const appNames = ['json', 'churn'] as const;

type Server = { readonly child: ChildProcess; readonly port: number };

/** Something that can be on or off beside a server, between two windows. */
type Mode = {
  readonly name: string;
  on(server: Server): Promise<void>;
  off(server: Server): Promise<void>;
  /** A second server that always has it, where it can't be taken off: on and off are then two processes. */
  readonly twin?: { readonly nodeArguments: readonly string[]; readonly env: NodeJS.ProcessEnv };
};

const nothing = (): Promise<void> => Promise.resolve();
const ticks: AgentTick[] = [];
const modes: readonly Mode[] = [
  { name: 'nothing (A/A)', on: nothing, off: nothing },
  leakline('leakline, watching (--gc natural)', 'natural'),
  leakline('leakline, watching (--gc auto)', 'auto'),
  leakline('leakline, in its first 20 s or while memory rises (--gc auto)', 'closer'),
  {
    name: 'one full collection a second, and nothing else',
    on: async (server) => void (await ask(server.child, 'collect on')),
    off: async (server) => void (await ask(server.child, 'collect off')),
  },
  {
    name: "Datadog's heap profiler, 512 KiB",
    on: async (server) => void (await ask(server.child, 'datadog on')),
    off: async (server) => void (await ask(server.child, 'datadog off')),
  },
  { name: 'clinic doctor', on: nothing, off: nothing, twin: clinicDoctor() },
];

installTools();
pin(process.pid, LOAD_CORE);
const rows: string[] = [];
for (const app of appNames) {
  for (const mode of modes.filter(({ name }) => name.includes(values.only))) {
    const { cpu, throughput } = await measure(app, mode);
    rows.push(`| ${app} | ${mode.name} | ${cells(cpu)} | ${cells(throughput)} |`);
    console.log(rows.at(-1));
  }
}
const text = summary();
console.log(text);
mkdirSync('bench/results', { recursive: true });
writeFileSync('bench/results/overhead.md', text);

function leakline(name: string, how: 'natural' | 'auto' | 'closer'): Mode {
  let target: OpenTarget | null = null;
  return {
    name,
    async on({ child }) {
      const handlers = {
        onEvent: (event: string, params: unknown): void => {
          if (event !== 'tick') return;
          const acknowledgement: Acknowledgement = { closer: how === 'closer' };
          target?.peer.notify('ack', acknowledgement);
          if (how !== 'closer') ticks.push(params as AgentTick);
        },
      };
      target = await attach(child.pid ?? 0, builtFiles(), handlers);
      await target.peer.call('watch', { gc: how === 'natural' ? how : 'auto', maxPauseMs: 50 });
      // In its first seconds its code is compiled, which is no part of watching on and on.
      await sleep(3000);
    },
    async off() {
      await target?.close();
      target = null;
      await sleep(200);
    },
  };
}

async function measure(
  app: (typeof appNames)[number],
  mode: Mode,
): Promise<{ cpu: PairedResult; throughput: PairedResult }> {
  const plain = await startServer(app);
  const twin = mode.twin === undefined ? plain : await startServer(app, mode.twin);
  try {
    // Both are compiled and warm before anything counts.
    for (const server of new Set([plain, twin])) await load(server, 3000);
    const cpu: number[] = [];
    const throughput: number[] = [];
    for (let pair = 0; pair < PAIRS; pair += 1) {
      const order = pair % 2 === 0 ? ([false, true] as const) : ([true, false] as const);
      const seen = new Map<boolean, Window>();
      for (const isOn of order) {
        const server = isOn ? twin : plain;
        if (isOn) await mode.on(server);
        seen.set(isOn, await window(server));
        if (isOn) await mode.off(server);
      }
      const on = seen.get(true);
      const off = seen.get(false);
      if (on === undefined || off === undefined) continue;
      cpu.push(on.cpuPerRequest / off.cpuPerRequest - 1);
      throughput.push(off.perSecond / on.perSecond - 1);
    }
    return { cpu: paired(cpu), throughput: paired(throughput) };
  } finally {
    for (const { child } of new Set([plain, twin])) child.kill('SIGKILL');
  }
}

type Window = { readonly cpuPerRequest: number; readonly perSecond: number };

async function window(server: Server): Promise<Window> {
  const before = await ask<Usage>(server.child, 'usage');
  const perSecond = await load(server, WINDOW_MS);
  const after = await ask<Usage>(server.child, 'usage');
  const cpuPerRequest = (after.cpuMicroseconds - before.cpuMicroseconds) / (after.requests - before.requests);
  return { cpuPerRequest, perSecond };
}

type Usage = { readonly requests: number; readonly cpuMicroseconds: number };

async function startServer(app: string, twin?: Mode['twin']): Promise<Server> {
  const child = fork(resolve('bench/overhead/server.js'), [app, tools], {
    // What clinic writes beside the program goes with its data.
    cwd: twin?.env.NODE_CLINIC_DOCTOR_DATA_PATH ?? process.cwd(),
    execArgv: [...(twin?.nodeArguments ?? [])],
    env: { ...process.env, NODE_OPTIONS: '', ...twin?.env },
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
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

/** Requests a second, from the other core. */
function load({ port }: Server, milliseconds: number): Promise<number> {
  const child = spawn('taskset', [
    '-c',
    LOAD_CORE,
    process.execPath,
    'bench/overhead/load.js',
    String(port),
    String(milliseconds),
  ]);
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((done, fail) => {
    child.once('close', () => {
      try {
        const { answers, milliseconds: took } = JSON.parse(output) as {
          answers: number;
          milliseconds: number;
        };
        done((answers / took) * 1000);
      } catch {
        fail(new Error(`the load generator said "${output}"`));
      }
    });
  });
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
  const sampling = ticks.map(({ cost }) => cost.longestPauseMsByWork.sample ?? 0);
  const shares = ticks.map(
    ({ cost, sample }) => (cost.totalMsByWork.sample ?? 0) / Math.max(1, sample.timeMs),
  );
  return [
    '# What watching costs',
    '',
    `\`npm run bench -- overhead --pairs ${PAIRS} --window ${WINDOW_MS}\`, Node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model.trim() ?? '?'}), ${new Date().toISOString().slice(0, 10)}.`,
    '',
    'Differences of pairs, on against off, measured in turns; the server alone on one core and as busy as it can be. `at most` is',
    'the upper bound of the median at 95 % (order statistics). The A/A row says what this measurement can tell from nothing.',
    '',
    '| app | beside the server | CPU a request | at most | | throughput lost | at most | |',
    '| --- | --- | --: | --: | --: | --: | --: | --: |',
    ...rows,
    '',
    `While merely watching, as accounted inside: longest piece of work ${Math.max(0, ...sampling).toFixed(2)} ms, ${percent(shares.reduce((a, b) => a + b, 0) / Math.max(1, shares.length))} of the main thread (${ticks.length} looks).`,
    '',
  ].join('\n');
}
