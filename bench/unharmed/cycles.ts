import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type NodeBinary, majorOf } from '../lib/nodes.ts';
import { type Cut, runClient, spawnClient } from './client.ts';
import type { Outcome } from './outcome.ts';
import { type ModuleKind, type Target, footprint, foreignErrors, startTarget, until } from './target.ts';

const STEPS = [
  'check',
  'signal',
  'await port',
  'list',
  'connect',
  'identify',
  'install',
  'await hello',
  'greeted',
  'watch',
  'walk',
  'trap',
] as const;

/** Every step of the protocol, cut off by an abort and by a kill; and what can go wrong besides. */
export const cuts: readonly Cut[] = [
  ...STEPS.flatMap((at): Cut[] => [
    { at, how: 'abort' },
    { at, how: 'kill' },
  ]),
  { at: 'await port', how: 'kill helper' },
  { at: 'identify', how: 'kill helper' },
  { at: 'install', how: 'kill helper' },
  { at: 'install', how: 'fail' },
  { at: 'never', how: 'abort' },
];

/**
 * T5: attach and detach, `cycles` times to one process, cut off at one step after another. After each: alive and
 * answering, inspector shut, open files and threads where they were, nothing that was printed kept alive, its own
 * properties as before, standard output unchanged, on standard error Node's own debugger lines alone.
 *
 * A helper process that is killed after the signal can't shut the inspector. There the promise is that the next leakline
 * does, so the next one is run before looking.
 */
export async function attachCycles(
  node: NodeBinary,
  kind: ModuleKind,
  cycles: number,
  firstCut: number,
): Promise<Outcome> {
  const target = await startTarget(node, kind, { env: { PRINT: 'yes' } });
  const violations: string[] = [];
  const possible = cutsOn(node);
  try {
    const before = { footprint: footprint(target.pid), self: (await target.ask('/self')) as string[] };
    for (let cycle = 0; cycle < cycles; cycle += 1) {
      const cut = possible[(firstCut + cycle) % possible.length];
      const where = `cycle ${cycle}, ${cut.how} at ${cut.at}`;
      try {
        if (cut.how === 'kill') await spawnClient(target.pid, cut).ended;
        else await runClient(target.pid, cut);
        if (cut.how === 'kill helper') {
          await runClient(target.pid, { at: 'never', how: 'abort' });
        }
        violations.push(...(await whatChanged(target, before)).map((what) => `${where}: ${what}`));
      } catch (error) {
        violations.push(`${where}: ${error instanceof Error ? error.message : String(error)}`);
      }
      if (target.hasEnded()) {
        const { code, signal } = await target.ended;
        violations.push(`${where}: the target ended with ${signal ?? code}`);
        break;
      }
    }
    violations.push(...foreignErrors(target.stderr()).map((line) => `standard error: ${line}`));
    violations.push(...foreignOutput(target.stdout()).map((line) => `standard output: ${line}`));
    return {
      name: `attach and detach, ${kind === 'cjs' ? 'CommonJS' : 'ES module'}`,
      node: node.version,
      runs: cycles,
      violations,
      note: '',
    };
  } finally {
    await target.kill();
  }
}

/**
 * Node 20 and 22 end with a segmentation fault when any inspector client goes away between an evaluation and its answer
 * (seven lines of WebSocket client show it; of Node 24.21 it was seen once, on a slow machine, when the helper was killed while it
 * installed; of 26 never). leakline's helper process waits for the answer whatever becomes of leakline; killing the helper itself in that
 * millisecond would kill the target, so that is only done where it does not.
 */
function cutsOn({ version }: NodeBinary): readonly Cut[] {
  return cuts.filter(({ at, how }) => majorOf(version) >= 26 || how !== 'kill helper' || at === 'await port');
}

/** Directories of leaklines that have ended; those of ones that run are none of ours to judge. */
export function directoriesLeft(): string[] {
  return readdirSync('/tmp').filter((name) => /^leakline-[A-Za-z0-9]{6}$/.test(name));
}

async function whatChanged(
  target: Target,
  before: { footprint: ReturnType<typeof footprint>; self: readonly string[] },
): Promise<string[]> {
  const isBack = (): boolean => {
    const { files, threads, ports } = footprint(target.pid);
    return (
      files <= before.footprint.files &&
      threads === before.footprint.threads &&
      ports === before.footprint.ports
    );
  };
  const changed: string[] = [];
  if (!(await until(() => isBack() || target.hasEnded(), 5000))) {
    changed.push(
      `was ${JSON.stringify(before.footprint)}, is ${JSON.stringify(footprint(target.pid))} after 5 s`,
    );
  }
  if ((await target.ask('/')) !== 'ok') changed.push('does not answer as before');
  // The helper of a leakline that was killed may still be at work, with the inspector open for a moment.
  const difference = await settled(
    async () => differenceOf(before.self, (await target.ask('/self')) as string[]),
    (found) => found.length === 0,
  );
  changed.push(...difference);
  const alive = await settled(
    () => target.ask('/alive'),
    (count) => count === 0,
  );
  if (alive !== 0) changed.push(`${String(alive)} printed objects are kept alive`);
  return changed;
}

function differenceOf(before: readonly string[], after: readonly string[]): string[] {
  return [
    ...after.filter((one) => !before.includes(one)).map((one) => `now has ${one}`),
    ...before.filter((one) => !after.includes(one)).map((one) => `lost ${one}`),
  ];
}

/** What is read when it is as it should be, or after five seconds. */
async function settled<Value>(read: () => Promise<Value>, isGood: (value: Value) => boolean): Promise<Value> {
  for (let looks = 0; ; looks += 1) {
    const value = await read();
    if (isGood(value) || looks === 20) return value;
    await sleep(250);
  }
}

/** The server counts its lines, so one that is missing, changed or not its own shows. */
function foreignOutput(stdout: string): string[] {
  const [, ...lines] = stdout.split('\n').slice(0, -1);
  const wrong = lines.findIndex((line, index) => line !== `{ line: ${index} }`);
  return wrong === -1 ? [] : [lines[wrong] ?? ''];
}
