import { readFileSync, readdirSync } from 'node:fs';
import { readOutline } from './process-info.ts';

/**
 * The processes that a Node process has forked, for itself (`child_process.fork`) or as a cluster, and those they have
 * forked in turn. Told by the channel Node gives them in the environment; what a program merely spawns is not its own.
 * Linux; elsewhere none are found. Reads some files of `/proc` a child.
 */
export function forkedChildren(pid: number): number[] {
  const found: number[] = [];
  for (const child of childrenOf(pid)) {
    if (hasChannel(child)) found.push(child, ...forkedChildren(child));
  }
  return found;
}

/** Each thread has a list of its own of the children it has started. */
function childrenOf(pid: number): number[] {
  const children: number[] = [];
  try {
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      const text = readFileSync(`/proc/${pid}/task/${thread}/children`, 'latin1');
      children.push(
        ...text
          .split(' ')
          .filter((word) => word !== '')
          .map(Number),
      );
    }
  } catch {
    // It ended, or is not ours to look into.
  }
  return children.filter((child) => readOutline(child)?.parent === pid);
}

/** The environment as the process was given it: Node takes the variable out of its own copy. */
function hasChannel(pid: number): boolean {
  try {
    return /(?:^|\0)NODE_CHANNEL_FD=\d/.test(readFileSync(`/proc/${pid}/environ`, 'latin1'));
  } catch {
    return false;
  }
}
