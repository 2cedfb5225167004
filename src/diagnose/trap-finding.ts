import type { TrapFinding } from '../core/finding.ts';
import type { LeakCase } from './leak-case.ts';

/** What the trap on a container saw, and why it saw nothing where it did not. `null` if none was tried. */
export function trapFinding(leak: LeakCase): TrapFinding | null {
  const { trap } = leak.growing;
  if (trap === null) return null;
  const additions = trap.additions.reduce((sum, site) => sum + site.count, 0);
  return {
    set: trap.set,
    durationMs: Math.round(trap.durationMs),
    additions,
    removals: trap.removals,
    reason: trap.set ? (additions > 0 ? null : nothingCaught(leak)) : notSet(leak),
  };
}

function notSet(leak: LeakCase): string {
  const { type } = leak.growing.detail;
  const why =
    type === 'Map' || type === 'Set' || type === 'Array' || type === 'listeners'
      ? `\`${nameOf(leak)}\` is frozen, has methods of its own, or was gone before it could be watched`
      : `${NOT_WATCHABLE[type] ?? 'Such a container'} has no method to watch`;
  return `${why}: ${howAddedIsKnown(leak)}`;
}

const NOT_WATCHABLE: Readonly<Record<string, string>> = {
  Object: 'An object used as a dictionary',
  timers: 'A list of timers',
  chain: 'A chain of objects',
  ArrayBuffer: 'A buffer',
};

function nothingCaught(leak: LeakCase): string {
  const seconds = Math.round((leak.growing.trap?.durationMs ?? 0) / 1000);
  return `For ${seconds} s \`${nameOf(leak)}\` was watched and nothing was added by its methods: ${howAddedIsKnown(leak)}`;
}

function howAddedIsKnown({ added }: LeakCase): string {
  return added === null ? 'who adds is not known.' : 'who adds was read off the source, not seen.';
}

function nameOf({ held }: LeakCase): string {
  return held.grows?.name ?? held.holder.name;
}
