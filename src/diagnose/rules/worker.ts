import { removalClause } from '../words.ts';
import type { Rule } from './rule.ts';

/** Worker threads, or the ports to them, that are kept: each is an isolate with a heap and a stack of its own. */
export const worker: Rule = {
  name: 'worker',

  matches: ({ growing }) => WORKERS.has(growing.detail.elementType),

  explain(leak) {
    const { growing, held } = leak;
    const isPort = growing.detail.elementType === 'MessagePort';
    const name = held.holder.name;
    return {
      confidence: 0.85,
      why: isPort
        ? `Every port in \`${name}\` is open, and an open port keeps what listens on it.`
        : `Every worker in \`${name}\` is a thread with a heap of its own, most of which no figure of this thread shows.`,
      shouldBeReleased: {
        words: isPort
          ? `nothing calls \`close()\` on them, or ${removalClause(leak)}`
          : `a worker that has done its work must be ended with \`terminate()\`, and taken out when its 'exit' comes: ${removalClause(leak)}`,
        event: isPort ? 'close' : 'exit',
        location: leak.removals[0]?.location ?? null,
      },
    };
  },
};

const WORKERS: ReadonlySet<string> = new Set(['Worker', 'MessagePort']);
