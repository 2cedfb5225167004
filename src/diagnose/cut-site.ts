import type { ContainerDetail, TrapResult } from '../core/census.ts';
import type { Site } from '../core/finding.ts';
import type { ScriptLocation } from '../core/location.ts';
import { originalFrame, originalFrames } from './source/original-location.ts';
import { sourcesOf } from './source/outer-arguments.ts';
import { offsetAt, type Scripts } from './source/script.ts';
import { type AnyNode, pathAt } from './source/syntax.ts';

/** Whether entries see little of the buffers they keep alive. */
export function pinsWholeBuffers({ views }: Pick<ContainerDetail, 'views'>): boolean {
  return (
    views !== undefined &&
    views.bufferBytes >= PINNED_AT_LEAST &&
    views.bufferBytes >= views.viewBytes * TIMES
  );
}

/** Node's own pool cuts 8 KB into small buffers, and gives it up with the last of them: that is no leak of anybody's. */
const PINNED_AT_LEAST = 16_384;
const TIMES = 4;

/**
 * The call that hands over a piece it has just cut out of a buffer, of those that the trap saw on the way to an addition:
 * `recent.add({ preview: body.subarray(0, 32) })`. That line is to be changed; the one that puts the entry in only got it.
 * `null` where the piece is cut by whoever adds, or nowhere on the way.
 */
export async function cutSite(
  trap: TrapResult | null,
  scripts: Scripts,
  workingDirectory: string,
): Promise<Site | null> {
  const sites = [...(trap?.additions ?? [])].sort((a, b) => b.count - a.count);
  for (const { stack } of sites) {
    const outside = stack.filter(({ url }) => url !== '' && !url.startsWith('node:'));
    for (const frame of outside) {
      if (!(await handsOverPiece(frame, scripts))) continue;
      const location = await originalFrame(frame, scripts, workingDirectory);
      if (location === null) continue;
      return { location, stack: await originalFrames(outside, scripts, workingDirectory), words: null };
    }
  }
  return null;
}

async function handsOverPiece({ url, line, column }: ScriptLocation, scripts: Scripts): Promise<boolean> {
  const script = await scripts.find(url);
  if (script?.program == null) return false;
  const offset = offsetAt(script, line, column);
  if (offset === null) return false;
  const path = pathAt(script.program, offset);
  // A stack names the place of what is called, which the call begins with.
  const index = path.findLastIndex((node) => node.type === 'CallExpression' && offset <= node.callee.end);
  const call = path[index];
  if (call?.type !== 'CallExpression') return false;
  return (call.arguments as AnyNode[]).some((argument) =>
    sourcesOf(argument, [...path.slice(0, index + 1), argument]).some((name) => CUTTING.has(name)),
  );
}

/** Of buffers and typed arrays; an ArrayBuffer's `slice` is a copy, an array's makes no view. */
const CUTTING: ReadonlySet<string> = new Set(['subarray', 'slice']);
