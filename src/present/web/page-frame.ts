import type { ScriptFacts } from '../html/script-facts.ts';

/** All that the page shows at one moment. It is whole, so that one that was never sent is not missed. */
export type PageFrame = ScriptFacts & {
  readonly title: string;
  /** Finished HTML: every name in it is escaped. */
  readonly html: string;
};
