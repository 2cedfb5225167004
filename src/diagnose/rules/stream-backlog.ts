import type { LeakCase } from '../leak-case.ts';
import type { Rule } from './rule.ts';

/** The buffer inside a stream of Node's: what was written waits there for somebody to take it. */
export const streamBacklog: Rule = {
  name: 'stream-backlog',

  matches: (leak) => bufferOf(leak) !== null,

  explain(leak) {
    const name = leak.held.holder.name;
    const readable = bufferOf(leak) === 'readable';
    return {
      confidence: 0.9,
      why: readable
        ? `What \`${name}\` has read waits in its buffer: nobody takes it, or slower than it comes.`
        : `What is written to \`${name}\` waits in its buffer: nobody takes it, or slower than it is written.`,
      shouldBeReleased: {
        words: readable
          ? `nothing reads \`${name}\` to its end: read it, \`resume()\` it or \`destroy()\` it`
          : `nothing waits for 'drain' when \`${name}.write()\` returns false, or notices that its reader is gone: \`pipe()\` stops in silence when the other end fails, \`pipeline()\` tells`,
        event: readable ? null : 'drain',
        location: null,
      },
    };
  },
};

/** Properties of Node's streams, HTTP messages and sockets behind which the waiting data is (Node 20 to 26). */
const BUFFER_BY_PROPERTY: Readonly<Record<string, 'readable' | 'writable'>> = {
  _readableState: 'readable',
  _writableState: 'writable',
  outputData: 'writable',
};

function bufferOf({ growing: { detail } }: LeakCase): 'readable' | 'writable' | null {
  if (detail.type === 'listeners' || detail.type === 'timers') return null;
  for (const step of detail.steps.toReversed()) {
    // Behind an element or a variable it is somebody else's.
    if (step.kind !== 'property') return null;
    if (Object.hasOwn(BUFFER_BY_PROPERTY, step.name)) return BUFFER_BY_PROPERTY[step.name] ?? null;
  }
  return null;
}
