import { formatBytes } from '../../core/bytes.ts';
import { pinsWholeBuffers } from '../cut-site.ts';
import type { LeakCase } from '../leak-case.ts';
import type { Rule } from './rule.ts';

/** A short view of a long buffer: `subarray` and a Buffer's `slice` copy nothing, so the view keeps all of it. */
export const bufferSlicePinning: Rule = {
  name: 'buffer-slice-pinning',

  matches: ({ growing }) => pinsWholeBuffers(growing.detail),

  explain(leak) {
    const { held } = leak;
    const name = held.grows?.name ?? held.holder.name;
    return {
      confidence: 0.93,
      why: `Each entry of \`${name}\` sees ${seen(leak)} and keeps all of it alive: a slice is no copy.${bounded(leak)}`,
      shouldBeReleased: {
        words: `nothing lets go of the whole buffer: keep a copy of the piece, \`Buffer.from(piece)\`, instead of a view`,
        event: null,
        location: null,
      },
    };
  },
};

function seen({ growing: { detail } }: LeakCase): string {
  const { viewBytes, bufferBytes } = detail.views ?? { viewBytes: 0, bufferBytes: 0 };
  return `${formatBytes(viewBytes)} of a buffer of ${formatBytes(bufferBytes)}`;
}

function bounded({ bound }: LeakCase): string {
  return bound === null
    ? ''
    : ` \`${bound.words}\` bounds the entries, and counts what they see, not what they keep.`;
}
