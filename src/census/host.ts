import type * as utilModule from 'node:util';
import type { StallAccount } from '../core/stall-account.ts';
import type { KnownScripts } from './known-scripts.ts';
import type { ScopeReader } from './scopes.ts';

/** What the census needs of the process it runs in. */
export type CensusHost = {
  readonly process: NodeJS.Process;
  readonly types: typeof utilModule.types;
  readonly clearTimeout: object;
  /** `module.findSourceMap`. */
  readonly findSourceMap: object;
  readonly scopes: ScopeReader;
  readonly account: StallAccount;
  /** leakline's own objects in this process: never counted, never followed. */
  readonly own: ReadonlySet<object>;
  readonly nowMs: () => number;
  /** Resolves after at least `ms`, without keeping the process alive. */
  rest(ms: number): Promise<void>;
  stopped(): boolean;
  readonly scripts: KnownScripts;
  builtinExports(): object[];
  moduleExports(): { file: string; exports: object }[];
  activeHandles(): object[];
};
