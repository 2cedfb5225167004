import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { Acknowledgement, AgentTick, WatchOptions } from '../../src/probe/agent-tick.ts';
import { attach } from '../../src/target/attach.ts';
import { readLimits } from '../../src/target/limits.ts';
import type { OpenTarget } from '../../src/target/meet-agent.ts';
import { Watcher } from '../../src/verdict/watcher.ts';
import type { Recording } from '../../test/verdict/recordings.ts';
import { type GalleryCase, findCases } from '../gallery/case.ts';
import { startServer } from '../gallery/server.ts';
import { builtFiles } from '../lib/built-files.ts';

const SETTLE_MS = 2000;
const AT_ONCE = 3;

/** Records every server of the folders that does not leak, a few at a time, into a file each; or those of one variant. */
export async function recordHealthy(
  folders: readonly string[],
  forMs: number,
  variant: string | undefined,
  out: string,
  progress: (words: string) => void,
): Promise<void> {
  const waiting = folders
    .flatMap((folder) => findCases(resolve(folder)))
    .filter((server) => !server.truth.leaks && (variant === undefined || server.variant === variant));
  mkdirSync(out, { recursive: true });
  const interrupted = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => interrupted.abort());
  const { signal } = interrupted;
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined && !signal.aborted; next = waiting.shift()) {
      try {
        const recording = await record(next, forMs, signal);
        const file = `${next.suite}-${next.name}-${next.variant}.json.gz`;
        writeFileSync(join(out, file), gzipSync(JSON.stringify(recording), { level: 9 }));
        progress(`${recording.name}: ${recording.ticks.length} ticks`);
      } catch (error) {
        progress(`${next.name} ${next.variant}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

async function record(server: GalleryCase, forMs: number, signal: AbortSignal): Promise<Recording> {
  const seconds = Math.ceil((forMs + SETTLE_MS) / 1000) + 5;
  const running = await startServer(server, seconds, resolve('.cache/gallery'), signal);
  let target: OpenTarget | null = null;
  const ticks: AgentTick[] = [];
  try {
    await sleep(SETTLE_MS, undefined, { signal });
    const watcher = new Watcher({ limitBytes: null });
    const handlers = {
      onEvent: (event: string, params: unknown): void => {
        if (event !== 'tick') return;
        const tick = params as AgentTick;
        ticks.push(tick);
        watcher.add(tick);
        const { suspicious: rises } = watcher.verdict(tick.sample.timeMs);
        const acknowledgement: Acknowledgement = { closer: rises || tick.sample.timeMs < 60_000, rises };
        target?.peer.notify('ack', acknowledgement);
      },
    };
    target = await attach(running.pid, builtFiles(), handlers);
    const options: WatchOptions = { gc: 'auto', maxPauseMs: 50, startGc: true };
    await target.peer.call('watch', options);
    await sleep(forMs, undefined, { signal });
    const { hello } = target;
    return {
      name: `${basename(server.suite)}/${server.name} ${server.variant}`,
      node: hello.node,
      limitBytes: readLimits(running.pid, hello.heapLimitBytes).effectiveBytes,
      ticks: ticks.map(({ sample, gcs, floors }) => ({ sample: withoutResources(sample), gcs, floors })),
    };
  } finally {
    await target?.close();
    await running.stop();
  }
}

/** The verdict does not read them, and they are most of a tick. */
function withoutResources(sample: AgentTick['sample']): AgentTick['sample'] {
  return sample.inside === undefined
    ? sample
    : { ...sample, inside: { ...sample.inside, activeResources: {} } };
}
