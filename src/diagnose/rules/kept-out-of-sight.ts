import type { Holder } from '../../core/finding.ts';

/** What is left when no rule knows the holder: the function whose allocations stay is known, what keeps them is not. */
export const keptOutOfSight: {
  readonly name: string;
  readonly holder: Holder;
  readonly confidence: number;
  readonly why: string;
} = {
  name: 'kept-out-of-sight',
  holder: { name: 'something no walk can see', type: 'unknown', size: null, path: [], location: null },
  confidence: 0.4,
  why: 'The walks met nothing that grows with it, and the source around it names nothing that would keep it: a promise that does not settle, a closure, or something native may.',
};
