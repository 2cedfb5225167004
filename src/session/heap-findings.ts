import { diagnoseCounted, type FindingOf } from '../diagnose/diagnose.ts';
import { accumulatedContainers } from '../diagnose/snapshots/accumulated.ts';
import { showsNumbers } from '../diagnose/snapshots/closed-nodes.ts';
import { snapshotScripts } from '../diagnose/snapshots/snapshot-scripts.ts';
import type { Accumulation, AccumulationPoint } from '../heap/accumulation.ts';
import type { Heap } from '../heap/heap.ts';
import { reportFinding } from '../report/build.ts';
import type { HeapFinding, HeapGrowthAnswer, HeapHeldBack } from '../report/heap-summary.ts';
import { readSidecar, SnapshotSources } from './snapshot-sources.ts';

/**
 * What accumulated between snapshots, as findings: by the rules and in the words of a watch, since the same `diagnose` makes them.
 * Lines are told where the program's text is on this machine and is the one that ran; `notes` says where they are not.
 */
export async function heapFindings(
  file: string,
  last: Heap,
  accumulation: Accumulation,
): Promise<Pick<HeapGrowthAnswer, 'findings' | 'heldBack' | 'notes'>> {
  const sidecar = await readSidecar(file);
  const scripts = snapshotScripts(last, sidecar);
  const sources = new SnapshotSources(scripts.beginningByUrl);
  const worth = accumulation.points.filter(({ share }) => share >= SMALLEST_SHARE).slice(0, POINTS_MAX);
  const containers = accumulatedContainers(last, { ...accumulation, points: worth }, scripts);
  const steps = Math.max(1, (accumulation.points[0]?.entriesByFile.length ?? 2) - 1);
  const named = await diagnoseCounted(containers, {
    sources,
    workingDirectory: process.cwd(),
    slopeBytesPerSecond: accumulation.gainedBytes / steps,
    space: 'heap',
    programScripts: scripts.programScripts,
  });
  const pointOf = new Map(containers.map((container, at) => [container, worth[at]]));
  const pointsOf = ({ growing: grown }: FindingOf): AccumulationPoint[] =>
    grown.flatMap((container) => pointOf.get(container) ?? []);
  const findings = named
    .map((one) => heapFinding(last, one, pointsOf(one)))
    .sort((a, b) => b.growth.share - a.growth.share);
  const told = new Set(named.flatMap(pointsOf));
  return {
    findings,
    heldBack: accumulation.points
      .filter((point) => !told.has(point))
      .slice(0, POINTS_MAX)
      .map(pointFacts),
    notes: [
      ...scriptNotes(last, scripts.programScripts, sources),
      ...(findings.some(mayBeClosed) && !showsNumbers(last) ? [NO_NUMBERS] : []),
    ],
  };
}

/** Caches that fill and pools: below a hundredth of the growth nothing is a cause. */
const SMALLEST_SHARE = 0.01;
const POINTS_MAX = 20;

/** Of such it would be known if the numbers were there. */
function mayBeClosed({ retained, zombies }: HeapFinding): boolean {
  return (
    zombies === null && /socket|stream|request|response|message|readable|writable|duplex/i.test(retained.type)
  );
}

const NO_NUMBERS =
  'The snapshots have no numbers, so a resource whose state is a number (a WebSocket, a stream of Node) may be closed without this showing; v8.writeHeapSnapshot(file, { exposeNumericValues: true }) writes them.';

function heapFinding(last: Heap, { finding }: FindingOf, points: readonly AccumulationPoint[]): HeapFinding {
  const { retained, grows, ...rest } = reportFinding(finding);
  const [main, ...inside] = points;
  const isRead = rest.heldBy.location !== null;
  return {
    ...rest,
    // That nothing deletes is read off the text; without one it is not known.
    shouldBeReleased: isRead ? rest.shouldBeReleased : null,
    path: isRead
      ? rest.path
      : rest.path.map((node) => (node.state === 'should be gone' ? { ...node, why: GAINS } : node)),
    retained: { ...retained, growthPerSecond: null, bytesPerSecond: null },
    grows: grows === null ? null : { ...grows, perSecondInEach: null },
    growth: {
      entriesByFile: main?.entriesByFile ?? [],
      addedByStep: addedByStep(main),
      bytes: points.reduce((sum, { bytes }) => sum + bytes, 0),
      share: points.reduce((sum, { share }) => sum + share, 0),
      containers: main?.containers ?? 0,
      id: main === undefined ? 0 : last.node(main.node).id,
      with: inside.map(pointFacts),
    },
  };
}

const GAINS = 'it gains entries from each snapshot to the next';

function pointFacts(point: AccumulationPoint): HeapHeldBack {
  const { key, bytes, share } = point;
  return { key, addedByStep: addedByStep(point), bytes, share };
}

function addedByStep(point: AccumulationPoint | undefined): number[] {
  const entries = point?.entriesByFile ?? [];
  return entries.slice(1).map((count, at) => count - (entries[at] ?? 0));
}

function scriptNotes(last: Heap, programScripts: readonly string[], sources: SnapshotSources): string[] {
  if (last.locatedNodes().next().done === true)
    return ['The snapshots have no source positions, so no line can be told.'];
  if (programScripts.length === 0)
    return ['The snapshots name no script of a program, so no line can be told.'];
  return [
    ...(sources.missing.size === 0
      ? []
      : [`Not on this machine, so without lines: ${listed(sources.missing)}.`]),
    ...(sources.changed.size === 0 ? [] : [`Not as it ran, so without lines: ${listed(sources.changed)}.`]),
  ];
}

function listed(urls: ReadonlySet<string>): string {
  const [...all] = urls;
  const shown = all.slice(0, URLS_SHOWN).join(', ');
  return all.length > URLS_SHOWN ? `${shown} and ${all.length - URLS_SHOWN} more` : shown;
}

const URLS_SHOWN = 3;
