import type * as inspectorModule from 'node:inspector';
import type * as moduleModule from 'node:module';
import type * as perfHooksModule from 'node:perf_hooks';
import type * as timersModule from 'node:timers';
import type * as utilModule from 'node:util';
import type * as v8Module from 'node:v8';
import type { CensusHost } from '../census/host.ts';
import { KnownScripts } from '../census/known-scripts.ts';
import { ScopeReader } from '../census/scopes.ts';
import { listingMs, readScriptUrls } from '../census/scripts.ts';
import type { ScriptAnswer, ScriptQuestion } from '../core/function-excerpt.ts';
import { readHeapShape } from '../probe/heap-shape.ts';
import { InProcessInspector } from '../wire/inspector-in-process.ts';
import { activeHandles, loadedBuiltins, loadedFiles, loadedModules, loadersOf } from './program-roots.ts';

/** What the agent gives to its census. */
export type CensusAgent = Pick<CensusHost, 'account' | 'own' | 'nowMs' | 'rest' | 'stopped'> & {
  maxPauseMs(): number;
  /** A function of leakline's own, by which its script is known. */
  readonly ownFunction: object;
  isOwnScript(url: string): boolean;
  /** See `ScriptsByText`. */
  askForScripts(question: ScriptQuestion): Promise<readonly ScriptAnswer[] | null>;
};

/** The process, as its census is to see it. */
export function censusHost(require: NodeJS.Require, agent: CensusAgent): CensusHost {
  const inspector = new InProcessInspector(require('node:inspector') as typeof inspectorModule);
  const v8 = require('node:v8') as typeof v8Module;
  const { timeOrigin } = (require('node:perf_hooks') as typeof perfHooksModule).performance;
  const scopes = new ScopeReader(inspector);
  // Once the agent is gone nobody would close the session that the list opens.
  const listScripts = (): Map<string, string> => {
    const urls = agent.stopped() ? [] : readScriptUrls(inspector);
    return new Map([...urls].filter(([, url]) => !agent.isOwnScript(url)));
  };
  return {
    process,
    types: (require('node:util') as typeof utilModule).types,
    findSourceMap: (require('node:module') as typeof moduleModule).findSourceMap,
    clearTimeout: (require('node:timers') as typeof timersModule).clearTimeout,
    scopes,
    account: agent.account,
    own: agent.own,
    nowMs: () => agent.nowMs(),
    rest: (ms) => agent.rest(ms),
    stopped: () => agent.stopped(),
    scripts: new KnownScripts(listScripts, {
      listingFits: () => listingMs(readHeapShape(v8).smallObjectBytes) <= agent.maxPauseMs(),
      ownScriptId: () => scopes.readFunction(agent.ownFunction)?.location.scriptId ?? '',
      isOwnUrl: (url) => agent.isOwnScript(url),
      loaded: () => loadedFiles(require),
      loaders: () => {
        const loaders = loadersOf(require);
        return loaders === null ? null : loaders.flatMap((one) => scopes.readFunction(one)?.excerpt() ?? []);
      },
      ask: (question) => agent.askForScripts({ ...question, startedMs: timeOrigin }),
      book: (work) => agent.account.book('list scripts', work),
    }),
    builtinExports: () => loadedBuiltins(require),
    moduleExports: () => loadedModules(require),
    activeHandles: () => activeHandles().filter((handle) => !agent.own.has(handle)),
  };
}
