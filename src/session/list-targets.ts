import { listProcesses, type WayIn } from '../target/list-processes.ts';

/** A Node process of this machine, as `leakline ps` lists it. */
export type ListedTarget = {
  readonly pid: number;
  /** As `v20.20.2`; `null` where that can't be known from outside. */
  readonly node: string | null;
  readonly command: string;
  readonly rssBytes: number;
  readonly uptimeMs: number;
  readonly attachable: boolean;
  /** By its own consent (`leakline/register`), by its open inspector, or by SIGUSR1; `null` if not attachable. */
  readonly way: WayIn | null;
  /** The sentence that says why not. */
  readonly reason: string | null;
};

export function listTargets(): ListedTarget[] {
  return listProcesses()
    .map(({ outline, node, way, refusal }) => ({
      pid: outline.pid,
      node,
      // A process that has ended has no arguments any more.
      command: outline.arguments.length > 0 ? outline.arguments.join(' ') : `[${outline.name}]`,
      rssBytes: outline.rssBytes,
      uptimeMs: Math.round(outline.uptimeMs),
      attachable: way !== null,
      way,
      reason: refusal?.message ?? null,
    }))
    .sort((a, b) => b.rssBytes - a.rssBytes);
}
