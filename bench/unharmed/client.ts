import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CensusWalk } from '../../src/core/census.ts';
import { type AgentFiles, attach } from '../../src/target/attach.ts';
import type { AttachStep } from '../../src/target/attempt.ts';
import type { OpenTarget } from '../../src/target/meet-agent.ts';
import { builtFiles } from '../lib/built-files.ts';

/** Where a leakline is cut off, and how. */
export type Cut = {
  readonly at: AttachStep | 'watch' | 'walk' | 'trap' | 'never';
  /**
   * `abort`: as by Ctrl-C. `kill`: SIGKILL from inside, at once. `stop`: SIGSTOP, and never continued. `black hole`: it
   * lives and reads nothing. `kill helper`: its helper process dies of SIGKILL there. `fail`: the installation throws.
   */
  readonly how: 'abort' | 'kill' | 'stop' | 'black hole' | 'kill helper' | 'fail';
};

/**
 * A leakline of attach.ts and the real agent that is cut off at a step. Resolves when it has let go of the process; a
 * cut that kills or stops does so to this very process, so those run in one of their own (`spawnClient`).
 */
export async function runClient(pid: number, cut: Cut): Promise<void> {
  const controller = new AbortController();
  const carryOut = (): void => {
    if (cut.how === 'kill') process.kill(process.pid, 'SIGKILL');
    else if (cut.how === 'stop') process.kill(process.pid, 'SIGSTOP');
    else if (cut.how === 'black hole') pauseSockets();
    else controller.abort(new Error(CUT_OFF));
  };
  let target: OpenTarget | null = null;
  // As a real one does: an agent that nobody hears leaves after ten seconds, and on a busy machine a walk takes as long.
  const acknowledge = (event: string): void => {
    if (event === 'tick') target?.peer.notify('ack', { closer: true, rises: false });
  };
  try {
    target = await attach(
      pid,
      filesFor(cut),
      { onEvent: acknowledge },
      {
        signal: controller.signal,
        onStep: (step) => {
          if (step === cut.at && cut.how !== 'fail' && cut.how !== 'kill helper') carryOut();
        },
      },
    );
  } catch (error) {
    if (isExpected(error, cut)) return;
    throw error;
  }
  try {
    await work(target, cut, carryOut);
  } finally {
    await target.close();
  }
}

/** The same in a process of its own, whose exit is the answer. */
export function spawnClient(pid: number, cut: Cut): { pid: number; ended: Promise<void>; kill: () => void } {
  const child = spawn(
    process.execPath,
    ['.build/bench/unharmed.js', 'client', JSON.stringify({ pid, cut })],
    { stdio: 'ignore' },
  );
  return {
    pid: child.pid ?? 0,
    ended: new Promise((done) => child.once('exit', () => done())),
    kill: () => child.kill('SIGKILL'),
  };
}

const CUT_OFF = 'cut off on purpose';

function filesFor({ at, how }: Cut): AgentFiles {
  const { source, helper } = builtFiles();
  if (how === 'kill helper') return { source, helper: dyingHelper(at) };
  const failing = `${source}\nleaklineAgent.install = () => { throw new Error('${CUT_OFF}'); };`;
  return { source: how === 'fail' ? failing : source, helper };
}

/** A file of its own for each step: several clients of this process attach at once. */
function dyingHelper(at: string): string {
  const path = `.build/bench/helper-dies-at-${at.replace(' ', '-')}.mjs`;
  const lines = [
    `process.env.HELPER_DIES_AT = ${JSON.stringify(at)};`,
    "await import('../../bench/unharmed/dying-helper.js');",
  ];
  if (!existsSync(path)) writeFileSync(path, lines.join('\n'));
  return path;
}

function isExpected(error: unknown, { how }: Cut): boolean {
  if (!(error instanceof Error)) return false;
  if (how === 'kill helper') return codeOf(error) === 'INSPECTOR_FAILED';
  if (how === 'fail') return codeOf(error) === 'AGENT_DID_NOT_CONNECT';
  return error.message.includes(CUT_OFF);
}

function codeOf(error: Error): string {
  return (error as Error & { code?: string }).code ?? '';
}

/** A watch as a real one: ticks, a walk, a trap on everything that grew. */
async function work({ peer }: OpenTarget, { at, how }: Cut, carryOut: () => void): Promise<void> {
  const steps = ['watch', 'walk', 'trap'] as const;
  const last = steps.indexOf(at as (typeof steps)[number]);
  if (last === -1 && at !== 'never') return;
  // What is cut off is not answered.
  const ignore = (): undefined => undefined;
  const watching = peer.call('watch', { gc: 'natural', maxPauseMs: 50, startGc: true }).catch(ignore);
  if (at === 'watch') await sleep(5);
  else {
    await watching;
    const walking = peer.call<CensusWalk>('walk');
    walking.catch(ignore);
    if (at === 'walk') await sleep(15);
    else {
      const { containers } = await walking;
      const keys = containers.map(({ key }) => key).slice(0, 8);
      peer.call('trap', { keys, forMs: 60_000 }).catch(ignore);
      await sleep(30);
    }
  }
  carryOut();
  if (how === 'stop' || how === 'black hole') await sleep(600_000);
}

/** The agent's line and nothing else: from here on nobody reads. */
function pauseSockets(): void {
  for (const handle of activeHandles()) if (handle instanceof Socket) handle.pause();
}

function activeHandles(): readonly object[] {
  return (process as unknown as { _getActiveHandles: () => object[] })._getActiveHandles();
}
