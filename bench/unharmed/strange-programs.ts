import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type NodeBinary, majorOf } from '../lib/nodes.ts';
import { runClient } from './client.ts';
import { type Outcome, inParallel } from './outcome.ts';
import { freePort } from './target.ts';

/**
 * What a program did to its own world before it began. The agent lives in that world: it calls the program's `push` and
 * `Map.prototype.set`, so one that records its callers sees it. What is promised is that nothing breaks.
 */
type Strangeness = {
  readonly name: string;
  readonly before?: string;
  readonly nodeArguments?: readonly string[];
  /** Started as process managers do: with a channel to the parent. */
  readonly hasChannel?: boolean;
};

const THROWS = "() => { throw new Error('patched'); }";

/** From 1 s on, so that Node's own start and the program's first steps are as usual. */
const later = (text: string): string => `setTimeout(() => { ${text} }, 800);`;

const LOADER = encodeURIComponent(
  `import { register } from 'node:module';
   register('data:text/javascript,export async function load(url, context, next) { return next(url, context); }');`,
);

const STRANGENESSES: readonly Strangeness[] = [
  { name: 'none' },
  { name: 'process.memoryUsage throws', before: later(`process.memoryUsage = ${THROWS};`) },
  { name: 'Date.now throws', before: later(`Date.now = ${THROWS}; performance.now = ${THROWS};`) },
  {
    name: 'Map.prototype.set throws at leakline',
    before: `const set = Map.prototype.set; Map.prototype.set = function (key, value) {
      if (/leakline/.test(new Error().stack)) throw new Error('not for you');
      return set.call(this, key, value); };`,
  },
  {
    name: 'Array.prototype.push throws at leakline',
    before: `const push = Array.prototype.push; Array.prototype.push = function (...items) {
      if (/leakline/.test(new Error().stack)) throw new Error('not for you');
      return push.apply(this, items); };`,
  },
  {
    name: 'setTimeout and setImmediate wrapped',
    before: `for (const name of ['setTimeout', 'setImmediate', 'setInterval']) {
      const original = globalThis[name];
      globalThis[name] = (...args) => {
        if (/leakline/.test(new Error().stack)) console.log(name + ' by leakline');
        return original(...args); }; }`,
  },
  {
    name: 'prototypes frozen',
    before: 'for (const one of [Object, Array, Map, Set, Promise, Function]) Object.freeze(one.prototype);',
  },
  { name: '--frozen-intrinsics', nodeArguments: ['--frozen-intrinsics', '--no-warnings'] },
  { name: 'unhandled rejections end it', nodeArguments: ['--unhandled-rejections=strict'] },
  {
    name: 'uncaught exceptions are printed',
    before: "process.on('uncaughtException', (error) => console.log('uncaught', error.message));",
  },
  { name: 'source maps', nodeArguments: ['--enable-source-maps'] },
  {
    name: 'a loader of ES modules',
    nodeArguments: ['--no-warnings', '--import', `data:text/javascript,${LOADER}`],
  },
  {
    name: 'require patched',
    before: `const Module = require('node:module'); const load = Module._load;
      Module._load = function (...args) {
        if (/leakline/.test(String(args[0]))) console.log('loaded ' + args[0]);
        return load.apply(this, args); };`,
  },
  {
    name: 'a cluster with two workers',
    before: `const cluster = require('node:cluster');
      cluster.setupPrimary({ exec: ${JSON.stringify(resolve('bench/unharmed/worker.js'))}, execArgv: [] });
      cluster.fork(); cluster.fork(); setTimeout(() => cluster.disconnect(), 4000);`,
  },
  {
    name: 'a process manager above it',
    hasChannel: true,
    before: "process.on('message', () => {}); process.channel.unref(); process.send({ type: 'online' });",
  },
];

/** T18: what a program prints and how it ends is the same with leakline's watch, walk and trap as without. */
export async function strangePrograms(node: NodeBinary): Promise<Outcome> {
  const refused: string[] = [];
  const violations = await inParallel(STRANGENESSES, 3, async (one) => {
    const [alone, visited] = await Promise.all([play(node, one, null), play(node, one, refused)]);
    if (alone === visited) return [];
    const at = alone.split('\n').findIndex((line, index) => line !== visited.split('\n')[index]);
    return [
      `${one.name}: "${visited.split('\n')[at] ?? 'nothing'}" instead of "${alone.split('\n')[at] ?? 'nothing'}"`,
    ];
  });
  return {
    name: 'strange programs',
    node: node.version,
    runs: STRANGENESSES.length,
    violations: violations.flat(),
    note: refused.length === 0 ? 'watched all' : `not watched: ${refused.join('; ')}`,
  };
}

/** What it printed on standard output, and its end. */
async function play(node: NodeBinary, strangeness: Strangeness, refused: string[] | null): Promise<string> {
  const port = await freePort();
  const program = resolve('bench/unharmed/program.js');
  // Newer ones would say on standard error that the file does not tell its module type.
  const typed = majorOf(node.version) >= 22 ? ['--no-warnings'] : [];
  const child = spawn(
    node.path,
    [
      ...typed,
      `--inspect-port=${port}`,
      ...(strangeness.nodeArguments ?? []),
      '-e',
      `${strangeness.before ?? ''}\nimport(${JSON.stringify(program)});`,
    ],
    { stdio: ['ignore', 'pipe', 'pipe', ...(strangeness.hasChannel === true ? (['ipc'] as const) : [])] },
  );
  let stdout = '';
  child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  const ended = new Promise<string>((done) =>
    child.once('close', (code, signal) => done(String(signal ?? code))),
  );
  if (refused !== null) {
    await sleep(1000);
    await runClient(child.pid ?? 0, { at: 'never', how: 'abort' }).catch((error: unknown) =>
      refused.push(`${strangeness.name} (${error instanceof Error ? error.message : String(error)})`),
    );
  }
  const timer = setTimeout(() => child.kill('SIGKILL'), 20_000);
  const ending = await ended;
  clearTimeout(timer);
  return `${stdout}ended with ${ending}`;
}
