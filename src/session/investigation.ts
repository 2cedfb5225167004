import { setTimeout as sleep } from 'node:timers/promises';
import { ContainerCounts } from '../census/container-counts.ts';
import { type GrowthOfContainer, findGrowth, findSteady, findUncounted } from '../census/growth.ts';
import type { AllocationProfile } from '../core/allocations.ts';
import type { CensusWalk, ContainerDetail, TrapResult } from '../core/census.ts';
import type { CountedContainer, EntryCount } from '../core/counted-container.ts';
import type { Finding, KnownLeak, SteadyContainer } from '../core/finding.ts';
import type { CensusSeen } from '../core/growth-account.ts';
import type { SampledGrowth } from '../core/sampled-growth.ts';
import type { Series } from '../core/series.ts';
import type { Verdict } from '../core/verdict.ts';
import { diagnose } from '../diagnose/diagnose.ts';
import {
  type DiagnoseContext,
  type GrowingContainer,
  explainedBytesPerSecond,
} from '../diagnose/growing-container.ts';
import { loadedLeaks } from '../diagnose/packages/loaded-leaks.ts';
import { nameContainer } from '../diagnose/name-container.ts';
import { sampledGrowth } from '../diagnose/sampled-growth.ts';
import { Scripts } from '../diagnose/source/script.ts';
import type { SourceReader } from '../diagnose/source/source-reader.ts';
import type { Activity } from '../report/live.ts';
import type { Peer } from '../wire/peer.ts';
import { AllocationWindows, type ToldProfile, type Unsampled } from './allocation-windows.ts';

/**
 * From a suspicion to named lines: walk, walk again, look closer at what grew, trap the fastest, diagnose.
 *
 * It starts on the first suspicion, before the verdict, so that verdict and line arrive together; whether its
 * findings are ever told is the verdict's business. Ends when `signal` aborts or the findings explain the growth.
 */
export async function investigate(peer: Peer, facts: InvestigationFacts, signal: AbortSignal): Promise<void> {
  // The first tick has the first floor, which is to be as early as can be: all of the verdict's patience counts from there.
  while (facts.now().series.samples.length === 0 && !signal.aborted) await rest(20, signal);
  // A walk before anything is suspected: the longest lever for what grows.
  const walks: CensusWalk[] = [await peer.call<CensusWalk>('walk')];
  facts.report({ activity: 'watching', firstWalk: walks[0] });
  const windows = new AllocationWindows(peer, facts);
  windows.walked();
  const counts = new ContainerCounts();
  let named: readonly Finding[] = [];
  let shown: ToldProfile | null = null;
  let walksDone = 1;
  let walksOnceLeaking = 0;
  let nextWalkAtMs = 0;
  let floorsSeen = 0;
  while (!signal.aborted) {
    const { verdict, series } = facts.now();
    const leaking = verdict?.kind === 'leaking';
    if (leaking && explainsGrowth(named, verdict)) return;
    const worthIt = leaking || verdict?.suspicious === true;
    const pastDueMs = performance.now() - nextWalkAtMs;
    const needsFloors =
      !leaking && walksDone >= WALKS_AT_ONCE && series.floors.length < floorsSeen + FLOORS_BETWEEN_WALKS;
    const awaitsVerdict =
      !leaking && isMost(named, verdict) && (verdict?.watchMoreMs ?? Infinity) < VERDICT_NEAR_MS;
    if (!worthIt || pastDueMs < 0 || awaitsVerdict || (needsFloors && pastDueMs < FLOORS_WAIT_MS)) {
      await rest(100, signal);
      continue;
    }
    facts.report({ activity: 'walking' });
    const walk = await peer.call<CensusWalk>('walk');
    walks.push(walk);
    // The first is the longest lever; of the others the latest.
    if (walks.length > WALKS_KEPT) walks.splice(1, 1);
    counts.add(walk);
    const grown = findGrowth(walks);
    walksDone += 1;
    windows.walked();
    facts.report({ seen: seenBy(walk, walksDone, grown.length) });
    if (grown.length > 0 || findUncounted(walks).length > 0 || windows.looksForMore(0)) {
      const { findings, steady, looked } = await nameGrowth(
        { peer, facts, windows, signal },
        grown,
        walks,
        named.length > 0,
      );
      // Of a round that was cut short the traps or samples are missing: what the one before it named is better.
      if (findings.length > 0 && !(signal.aborted && named.length > 0)) named = findings;
      facts.report({ findings: named, steady });
      facts.report({ containers: await countedContainers(looked, walks, counts) });
      if (windows.told !== null && windows.told !== shown) {
        shown = windows.told;
        const { profile, untilMs } = shown;
        const { scripts } = looked;
        facts.report({
          sampledGrowth: await sampledGrowth(profile, untilMs, scripts, facts.workingDirectory),
        });
      }
    }
    facts.report({ activity: 'watching' });
    if (leaking) {
      walksOnceLeaking += 1;
      const programScripts = walks.at(-1)?.programScripts ?? [];
      const suspects = explainsGrowth(named, verdict)
        ? []
        : await loadedLeaks({ programScripts, sources: facts.sources });
      facts.report({ suspects });
    }
    if (walksOnceLeaking > MAX_WALKS_ONCE_LEAKING) return;
    floorsSeen = facts.now().series.floors.length;
    nextWalkAtMs =
      performance.now() +
      (!leaking && isMost(named, verdict) ? GAP_ONCE_NAMED_MS : WALK_GAP_MS * walks.length);
  }
}

export type InvestigationFacts = {
  /** The verdict and the numbers as they stand. */
  now(): { readonly verdict: Verdict | null; readonly series: Series };
  report(news: InvestigationNews): void;
  readonly sources: SourceReader;
  readonly workingDirectory: string;
};

export type InvestigationNews = {
  readonly activity?: Activity;
  readonly firstWalk?: CensusWalk | undefined;
  readonly findings?: readonly Finding[];
  readonly steady?: readonly SteadyContainer[];
  /** What was looked at closely, with what each walk found in it. */
  readonly containers?: readonly CountedContainer[];
  /** What a reader is shown of the sampled allocations. */
  readonly sampledGrowth?: SampledGrowth;
  /** Known leaks of loaded packages, as long as what was found does not explain the growth. */
  readonly suspects?: readonly KnownLeak[];
  readonly seen?: CensusSeen;
  /** The samples themselves. */
  readonly sampled?: AllocationProfile;
  /** `null` once one could be had after all. */
  readonly unsampled?: Unsampled | null;
};

/** Times the walks done: what shows only after minutes is looked for less and less often. */
const WALK_GAP_MS = 500;
/**
 * While a walk is under way the heap holds things of ours, and the first collection after it is none of the program's. A server
 * of many modules would be walked all the time, and its verdict would get no floor: 10 in a minute, the last after 36 s.
 */
const FLOORS_BETWEEN_WALKS = 2;
const FLOORS_WAIT_MS = 8000;
/** As many as it takes before samples are looked at: the sooner that is, the fewer functions V8 has put into their callers. */
const WALKS_AT_ONCE = 4;
/** What is named is not looked up once more when the verdict is so near: a walk would put it off by four seconds. */
const VERDICT_NEAR_MS = 10_000;
/** A name found on a suspicion waits for the verdict; it is looked up again from time to time. */
const GAP_ONCE_NAMED_MS = 20_000;
const WALKS_KEPT = 5;
const LOOKED_AT_CLOSELY = 12;
const STEADY_NAMED = 4;
const TRAPPED = 3;
const TRAP_MS = 2500;
/** Growth that no walk sees after that many is not in a container the census knows. */
const MAX_WALKS_ONCE_LEAKING = 6;

type Investigation = {
  readonly peer: Peer;
  readonly facts: InvestigationFacts;
  readonly windows: AllocationWindows;
  readonly signal: AbortSignal;
};

async function nameGrowth(
  { peer, facts, windows, signal }: Investigation,
  grown: readonly GrowthOfContainer[],
  walks: readonly CensusWalk[],
  isNamed: boolean,
): Promise<{ findings: Finding[]; steady: SteadyContainer[]; looked: LookedAt }> {
  const quiet = findSteady(walks).slice(0, STEADY_NAMED * 3);
  const uncounted = findUncounted(walks).slice(0, LOOKED_AT_CLOSELY);
  const keys = [...grown.slice(0, LOOKED_AT_CLOSELY), ...quiet, ...uncounted].map((group) => group.key);
  const details = await peer.call<ContainerDetail[]>('details', { keys });
  const detailByKey = new Map(details.map((detail) => [detail.key, detail]));
  const growing = grown
    .flatMap((growth): GrowingContainer[] => {
      const detail = detailByKey.get(growth.key);
      if (detail === undefined) return [];
      const { growthPerSecond, sizeBefore, sizeAfter } = growth;
      return [{ detail, growthPerSecond, sizeBefore, sizeAfter, instances: detail.instances, trap: null }];
    })
    .sort((a, b) => (explainedBytesPerSecond(b) ?? 0) - (explainedBytesPerSecond(a) ?? 0));
  if (growing.length > 0) facts.report({ activity: 'trapping' });
  const contextWith = (allocations: AllocationProfile | null): DiagnoseContext => {
    const { verdict } = facts.now();
    return {
      sources: facts.sources,
      workingDirectory: facts.workingDirectory,
      slopeBytesPerSecond: verdict?.growth?.bytesPerSecond ?? null,
      space: verdict?.space ?? null,
      programScripts: walks.at(-1)?.programScripts ?? [],
      allocations,
      steady: quiet.flatMap(({ key }) => detailByKey.get(key) ?? []),
      uncounted: uncounted.flatMap(({ key }) => detailByKey.get(key) ?? []),
    };
  };
  // Only what has a line explains: while the traps are set there is time to see what does.
  const [caught, untrapped] = signal.aborted
    ? [new Map<string, TrapResult>(), []]
    : await Promise.all([setTraps(peer, growing.slice(0, TRAPPED)), diagnose(growing, contextWith(null))]);
  const trapped = growing.map((container) => ({
    ...container,
    trap: caught.get(container.detail.key) ?? null,
  }));
  const explained = explainedByNamed(untrapped);
  if (!isNamed && windows.looksForMore(explained)) {
    // What the containers tell is not to wait for the long window.
    const early = await diagnose(trapped, contextWith(null));
    if (early.length > 0) facts.report({ findings: early });
  }
  const isSampled = !signal.aborted && (growing.length > 0 || windows.looksForMore(0));
  const context = contextWith(isSampled ? await windows.take(explained) : null);
  const findings = await diagnose(trapped, context);
  const steady: SteadyContainer[] = [];
  const scripts = new Scripts(facts.sources);
  for (const group of quiet) {
    const detail = detailByKey.get(group.key);
    const named = detail === undefined ? null : await nameContainer(detail, context, { scripts });
    if (named !== null && named.package === null)
      steady.push({ ...named.words, size: group.size, watchedMs: group.watchedMs });
    if (steady.length >= STEADY_NAMED) break;
  }
  const looked: LookedAt = {
    growing: growing.map(({ detail }) => detail),
    quiet: quiet.flatMap(({ key }) => detailByKey.get(key) ?? []),
    context,
    scripts,
  };
  return { findings, steady, looked };
}

/** The containers of one round, the fastest first, and what is needed to name them. */
type LookedAt = {
  readonly growing: readonly ContainerDetail[];
  readonly quiet: readonly ContainerDetail[];
  readonly context: DiagnoseContext;
  readonly scripts: Scripts;
};

/** Those that have a name in the source, each place once: the walk may have come to one container by two ways. */
async function countedContainers(
  { growing, quiet, context, scripts }: LookedAt,
  walks: readonly CensusWalk[],
  counts: ContainerCounts,
): Promise<CountedContainer[]> {
  const details = [...growing, ...quiet];
  counts.follow(
    details.map(({ key }) => key),
    walks,
  );
  const containerByPlace = new Map<string, CountedContainer>();
  for (const [index, detail] of details.entries()) {
    const isGrowing = index < growing.length;
    const named = await nameContainer(detail, context, {
      scripts,
      inside: isGrowing ? 'named too' : 'left out',
    });
    if (named === null || (!isGrowing && named.package !== null)) continue;
    const { words, location } = named;
    const place = JSON.stringify([words, location]);
    if (containerByPlace.has(place)) continue;
    const seen = counts.of(detail.key);
    const { instances } = detail;
    containerByPlace.set(place, {
      ...words,
      location,
      instances,
      growthPerSecond: rateOf(seen),
      counts: seen,
    });
  }
  return [...containerByPlace.values()];
}

function rateOf(counts: readonly EntryCount[]): number | null {
  const [first, last] = [counts[0], counts.at(-1)];
  if (first === undefined || last === undefined || last.timeMs <= first.timeMs) return null;
  return (last.size - first.size) / ((last.timeMs - first.timeMs) / 1000);
}

function seenBy(last: CensusWalk, walksDone: number, grown: number): CensusSeen {
  const { objects, functions, containers, truncated } = last;
  return {
    walks: walksDone,
    objects,
    functions,
    containers: containers.length,
    grown,
    cutShort: truncated,
  };
}

async function setTraps(peer: Peer, growing: readonly GrowingContainer[]): Promise<Map<string, TrapResult>> {
  const keys = growing.map((container) => container.detail.key);
  if (keys.length === 0) return new Map();
  const results = await peer.call<TrapResult[]>('trap', { keys, forMs: TRAP_MS });
  return new Map(results.map((result) => [result.key, result]));
}

function explainedByNamed(findings: readonly Finding[]): number {
  return findings
    .filter(({ heldBy, addedAt }) => heldBy.location !== null || addedAt !== null)
    .reduce((sum, { retained }) => sum + (retained.bytesPerSecond ?? 0), 0);
}

/** Half is enough to go to the line; an element's size is an estimate. */
function explainsGrowth(findings: readonly Finding[], verdict: Verdict | null): boolean {
  return verdict?.kind === 'leaking' && isMost(findings, verdict);
}

/** Whether the first finding has a line and accounts for half of the growth, as far as that is known. */
function isMost([first]: readonly Finding[], verdict: Verdict | null): boolean {
  if (first === undefined || first.heldBy.location === null || verdict?.growth == null) return false;
  return (first.retained.bytesPerSecond ?? 0) >= verdict.growth.bytesPerSecond * 0.5;
}

async function rest(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
