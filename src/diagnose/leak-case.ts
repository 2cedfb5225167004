import type { TimerGroup, ZombieGroup } from '../core/census.ts';
import type { Site } from '../core/finding.ts';
import type { ScriptLocation, SourceLocation } from '../core/location.ts';
import { addedAt } from './added-site.ts';
import { allocatedAt } from './allocated-site.ts';
import { findBound } from './source/bounds.ts';
import { cutSite, pinsWholeBuffers } from './cut-site.ts';
import { type CacheKey, cacheKeyOf } from './source/cache-key.ts';
import { shortensChain } from './source/chain-sites.ts';
import { nameAround } from './source/function-name.ts';
import type { DiagnoseContext, GrowingContainer } from './growing-container.ts';
import { heldWhereAdded } from './held-where-added.ts';
import { type Held, heldBy, isOwnRoot } from './holder.ts';
import { originalFrames, originalLocation, packageOf } from './source/original-location.ts';
import { readPath } from './path-reading.ts';
import { readBackWhereAdded } from './source/read-back.ts';
import { type RemovalSite, removalSitesOf } from './source/removal-sites.ts';
import { placeOf, type Script, type Scripts } from './source/script.ts';
import { isFunction } from './source/syntax.ts';
import { timerCallOf } from './source/timer-call.ts';
import { type UnusedCapture, unusedCaptureOf } from './source/unused-capture.ts';
import { keepsWaiters } from './source/waiters.ts';

/** All that is known of one growing container: what the rules look at. */
export type LeakCase = {
  readonly growing: GrowingContainer;
  /** Others that the same fix ends. Absent where there is none. */
  readonly alsoGrowing?: readonly GrowingContainer[];
  readonly held: Held;
  /** Who adds; of pieces that keep a whole buffer who cuts them, where that was seen. */
  readonly added: Site | null;
  /** Where what it holds came into being; `null` if no sampled allocation belongs to it. */
  readonly allocated: Site | null;
  /** Where the text takes something out of the holder. */
  readonly removals: readonly Removal[];
  /** Entries the trap saw leave; `null` if none was set. */
  readonly removalsSeen: number | null;
  /** A removal that hangs on the size of the growing container; `null` if nothing bounds it. */
  readonly bound:
    | (Removal & { /** `null` where the text does not tell. */ readonly entries: number | null })
    | null;
  /** What the process grows by in all, by the verdict; `null` before it knows. */
  readonly slopeBytesPerSecond: number | null;
  /** The function that adds also looks up: get or make. */
  readonly readBack: boolean;
  /** What entries are filed under; `null` where the text does not tell. */
  readonly cacheKey: CacheKey | null;
  /** What is added can settle a promise. */
  readonly keepsWaiters: boolean;
  /** What the functions in it keep and do not use; `null` if they use all of it, or are none. */
  readonly unusedCapture: UnusedCapture | null;
  /** Closed resources among what is held, the nearest to the element. */
  readonly zombies: (ZombieGroup & { readonly closeListenersAt: readonly SourceLocation[] }) | null;
  readonly timers: readonly ArmedTimer[];
  /** Where the timer is set that the walk came by on its way to the container; `null` if it came by none. */
  readonly timerOnPath: SourceLocation | null;
  /** The callbacks of the timers that keep the container: of those on the way to it, behind the module it is in. */
  readonly callbacksOnPath: readonly ScriptLocation[];
};

export type Removal = { readonly words: string; readonly location: SourceLocation };

/** Timers of one callback that keep what is held. */
export type ArmedTimer = TimerGroup & {
  /** What their handle is kept in; `null` if it is thrown away or not known. */
  readonly handle: string | null;
  readonly location: SourceLocation | null;
  /** The call that sets it stands in a function: once a connection, once a request. */
  readonly inFunction: boolean;
  /** The function that sets it. */
  readonly setBy: string | null;
  /** Where the text clears it. */
  readonly clears: readonly Removal[];
};

/** Looks everything up in the sources that the rules need. */
export async function investigate(
  growing: GrowingContainer,
  context: DiagnoseContext,
  scripts: Scripts,
): Promise<LeakCase> {
  const { detail, trap } = growing;
  const { workingDirectory } = context;
  const hints = await scriptsOf(
    (trap?.additions ?? []).flatMap((site) => site.stack),
    scripts,
  );
  const path = await readPath(detail.steps, scripts, hints);
  const byPath = await heldBy(growing, path, scripts, workingDirectory);
  const onPath = path.flatMap((step) => (step.declared ? [step.declared.script] : []));
  // What the trap did not see may stand in any file of the program.
  const elsewhere = hints.length > 0 ? [] : await programScripts(context, scripts);
  const known = [...new Set([...hints, ...onPath, ...elsewhere])];
  const added = await addedAt(byPath, trap, scripts, known, workingDirectory, detail);
  const held = await heldWhereAdded(byPath, added, scripts, workingDirectory);
  const cut = pinsWholeBuffers(detail) ? await cutSite(trap, scripts, workingDirectory) : null;
  const timer = path.find((step) => step.timer !== null)?.timer ?? null;
  const removable = held.declared ?? held.container;
  const bound = held.container === null ? undefined : await findBound(held.container, scripts, known);
  return {
    growing,
    held,
    added: cut ?? added?.site ?? null,
    allocated:
      added?.place == null
        ? null
        : await allocatedAt(added.place, context.allocations ?? null, scripts, workingDirectory),
    removals:
      removable === null
        ? []
        : elementsFirst(await removalSitesOf(removable, scripts, known))
            .filter((site) => detail.link === undefined || shortensChain(site, detail.link))
            .map((site) => removal(site, workingDirectory)),
    removalsSeen: trap !== null && trap.set ? trap.removals : null,
    bound: bound === undefined ? null : { ...removal(bound, workingDirectory), entries: bound.entries },
    slopeBytesPerSecond: context.slopeBytesPerSecond,
    readBack: held.container !== null && (await readBackWhereAdded(held.container, scripts, known)),
    cacheKey:
      held.container === null ? null : await cacheKeyOf(held.container, scripts, known, workingDirectory),
    keepsWaiters: held.container !== null && (await keepsWaiters(held.container, scripts, known)),
    unusedCapture: await unusedCaptureOf(detail, scripts, workingDirectory),
    zombies: await nearestZombies(detail.zombies, scripts, workingDirectory),
    callbacksOnPath: path
      .slice(path.findLastIndex(({ step, declared }) => isOwnRoot(step, declared)) + 1)
      .flatMap(({ step }) => (step.kind === 'timer' && step.callback !== null ? [step.callback] : [])),
    timerOnPath:
      timer === null ? null : originalLocation(placeOf(timer.script, timer.node), workingDirectory),
    timers: await Promise.all(detail.timers.map((timer) => armedTimer(timer, scripts, workingDirectory))),
  };
}

/** What takes out one entry says more of how it was meant than what throws all away. */
function elementsFirst(sites: readonly RemovalSite[]): RemovalSite[] {
  const isReset = ({ words }: RemovalSite): boolean => words.endsWith(' =');
  return [...sites].sort((a, b) => Number(isReset(a)) - Number(isReset(b)));
}

/** The files of the program that are no package's, up to as many as can be parsed in some seconds. */
export async function programScripts(context: DiagnoseContext, scripts: Scripts): Promise<Script[]> {
  const own = (context.programScripts ?? []).filter((url) => packageOf(url) === null);
  const found = await Promise.all(own.slice(0, MAX_PROGRAM_SCRIPTS).map((url) => scripts.find(url)));
  return found.filter((script) => script !== null);
}

/** Parsing that many takes some seconds; larger programs are mostly run as a bundle. */
const MAX_PROGRAM_SCRIPTS = 400;

async function scriptsOf(frames: readonly ScriptLocation[], scripts: Scripts): Promise<Script[]> {
  const found = await Promise.all(frames.map((frame) => scripts.find(frame.url)));
  return [...new Set(found)].filter((script) => script !== null);
}

/** A WebSocket has a closed Socket in it: the resource to name is the one nearest to what the program keeps. */
async function nearestZombies(
  groups: readonly ZombieGroup[],
  scripts: Scripts,
  workingDirectory: string,
): Promise<LeakCase['zombies']> {
  const depth = (group: ZombieGroup): number => group.via.split(/[.[]/).length;
  const [nearest] = groups
    .filter((group) => group.count > 0)
    .sort((a, b) => depth(a) - depth(b) || b.count - a.count);
  if (nearest === undefined) return null;
  // Libraries listen too, to clean up after themselves; what is missing is the program's own.
  const own = nearest.closeListeners.filter(({ url }) => !url.startsWith('node:') && packageOf(url) === null);
  const closeListenersAt = await originalFrames(own, scripts, workingDirectory);
  return { ...nearest, closeListenersAt: closeListenersAt.filter((location) => location.package === null) };
}

async function armedTimer(
  timer: TimerGroup,
  scripts: Scripts,
  workingDirectory: string,
): Promise<ArmedTimer> {
  const call = timer.callback === null ? null : await timerCallOf(scripts, timer.callback);
  if (call === null)
    return { ...timer, handle: null, location: null, inFunction: false, setBy: null, clears: [] };
  const clears = call.handle === null ? [] : await removalSitesOf(call.handle, scripts, []);
  return {
    ...timer,
    handle: call.handle?.name ?? null,
    location: originalLocation(placeOf(call.script, call.node), workingDirectory),
    inFunction: call.path.some(isFunction),
    setBy: nameAround(call.script, call.path),
    clears: clears
      .filter((site) => site.words.startsWith('clear'))
      .map((site) => removal(site, workingDirectory)),
  };
}

function removal(site: RemovalSite, workingDirectory: string): Removal {
  return { words: site.words, location: originalLocation(placeOf(site.script, site.node), workingDirectory) };
}
