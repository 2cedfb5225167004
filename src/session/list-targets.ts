import { listProcesses } from '../target/list-processes.ts';

/** A Node process of this machine, as `leakline ps` lists it. */
export type ListedTarget = {
  readonly pid: number;
  readonly command: string;
  readonly rssBytes: number;
  readonly uptimeMs: number;
  readonly attachable: boolean;
  /** The sentence that says why not. */
  readonly reason: string | null;
};

export function listTargets(): ListedTarget[] {
  return listProcesses()
    .map(({ info, refusal }) => ({
      pid: info.pid,
      command: info.arguments.join(' '),
      rssBytes: info.rssBytes,
      uptimeMs: Math.round(info.uptimeMs),
      attachable: refusal === null,
      reason: refusal?.message ?? null,
    }))
    .sort((a, b) => b.rssBytes - a.rssBytes);
}
