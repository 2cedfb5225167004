import { spawn } from 'node:child_process';
import type { NodeBinary } from '../lib/nodes.ts';
import { spawnClient } from './client.ts';
import { type Outcome, inParallel } from './outcome.ts';
import { type Ending, type Target, startTarget, until } from './target.ts';

const WAYS = ['/exit', '/natural', '/throw', 'SIGTERM with a handler', 'SIGTERM'] as const;
const LEAKLINES = ['healthy', 'killed', 'stopped', 'black hole'] as const;

/** The promise of the contract (C2): how much later than without leakline a process may end. */
const MAX_DELAY_MS = 250;
const HUNG_MS = 5000;

/**
 * T6: five ways of ending × leakline at work, killed, stopped, or reading nothing. The exit must be that of a process
 * without leakline, and at most 250 ms later.
 */
export async function exits(node: NodeBinary): Promise<Outcome> {
  const violations: string[] = [];
  const delays: number[] = [];
  const controls = new Map<string, { ending: string; latencyMs: number }>();
  // Once before, so that the first one does not pay for reading the binary.
  await endOne(node, '/exit', null);
  for (const way of WAYS) controls.set(way, await endOne(node, way, null));
  const cells = WAYS.flatMap((way) => LEAKLINES.map((leakline) => ({ way, leakline })));
  // Two at a time: more on two cores would measure each other.
  await inParallel(cells, 2, async ({ way, leakline }) => {
    const control = controls.get(way) ?? { ending: '', latencyMs: 0 };
    const seen = await endOne(node, way, leakline);
    const delayMs = seen.latencyMs - control.latencyMs;
    delays.push(delayMs);
    if (seen.ending !== control.ending)
      violations.push(`${way}, leakline ${leakline}: ended with ${seen.ending}, not ${control.ending}`);
    if (delayMs > MAX_DELAY_MS)
      violations.push(`${way}, leakline ${leakline}: ${delayMs.toFixed(0)} ms later than without`);
  });
  return {
    name: 'exit',
    node: node.version,
    runs: cells.length,
    violations,
    note: `at most ${Math.max(...delays).toFixed(0)} ms later than without`,
  };
}

async function endOne(
  node: NodeBinary,
  way: (typeof WAYS)[number],
  leakline: (typeof LEAKLINES)[number] | null,
): Promise<{ ending: string; latencyMs: number }> {
  const env = way === 'SIGTERM with a handler' ? { ON_SIGTERM: 'exit' } : {};
  const target = await startTarget(node, 'mjs', { env });
  const client = leakline === null ? null : await visit(target, leakline);
  try {
    const beganMs = performance.now();
    if (way.startsWith('/')) void target.ask(way).catch(() => undefined);
    else process.kill(target.pid, 'SIGTERM');
    const hung = new Promise<Ending>((done) => {
      setTimeout(
        () => done({ code: null, signal: 'nothing: it hung', atMs: performance.now() }),
        HUNG_MS,
      ).unref();
    });
    const { code, signal, atMs } = await Promise.race([target.ended, hung]);
    return { ending: String(signal ?? code), latencyMs: atMs - beganMs };
  } finally {
    client?.kill();
    await target.kill();
  }
}

/** Returns when leakline is at work in the target, or in the state that is wanted of it. */
async function visit(target: Target, leakline: (typeof LEAKLINES)[number]): Promise<{ kill: () => void }> {
  if (leakline === 'black hole') {
    const client = spawnClient(target.pid, { at: 'walk', how: 'black hole' });
    await detached(target);
    return client;
  }
  const child = spawn(process.execPath, ['dist/cli.js', String(target.pid)], { stdio: 'ignore' });
  await detached(target);
  if (leakline === 'killed') child.kill('SIGKILL');
  if (leakline === 'stopped') child.kill('SIGSTOP');
  return { kill: () => child.kill('SIGKILL') };
}

async function detached(target: Target): Promise<void> {
  if (!(await until(() => target.stderr().includes('Debugger ending on'), 20_000)))
    throw new Error(`leakline did not attach to a target within 20 s: ${target.stderr()}`);
  // Into the first walk.
  await new Promise((done) => setTimeout(done, 100));
}
