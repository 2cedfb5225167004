import type { ContainerDetail, ContainerType, PathStep } from '../../core/census.ts';
import type { Accumulation, AccumulationPoint } from '../../heap/accumulation.ts';
import type { Chain } from '../../heap/chains.ts';
import type { Heap } from '../../heap/heap.ts';
import type { NodeOrdinal } from '../../heap/heap-graph.ts';
import type { GrowingContainer } from '../growing-container.ts';
import { armedTimers } from './armed-timers.ts';
import { closedNodes } from './closed-nodes.ts';
import { containerType, retainerSteps } from './retainer-steps.ts';
import type { SnapshotScripts } from './snapshot-scripts.ts';

/**
 * What accumulated between snapshots as a census would tell it, so that the same rules and the same words are for both. There
 * is no clock in a snapshot: a rate is from each file to the next.
 */
export function accumulatedContainers(
  last: Heap,
  { points, sizeOf }: Accumulation,
  scripts: SnapshotScripts,
): GrowingContainer[] {
  return points.map((point): GrowingContainer => {
    const steps = Math.max(1, point.entriesByFile.length - 1);
    const [sizeBefore = 0] = point.entriesByFile;
    const sizeAfter = point.entriesByFile.at(-1) ?? 0;
    return {
      detail: detailOf(last, point, scripts, sizeOf),
      growthPerSecond: (sizeAfter - sizeBefore) / steps,
      per: 'snapshot',
      sizeBefore,
      sizeAfter,
      instances: point.containers,
      trap: null,
    };
  });
}

/** The newest: of a million the rest says the same. */
const ENTRIES_LOOKED_AT = 10_000;

function detailOf(
  last: Heap,
  point: AccumulationPoint,
  scripts: SnapshotScripts,
  entriesOf: (node: NodeOrdinal) => number | null,
): ContainerDetail {
  const [before = 0] = point.entriesByFile;
  const after = point.entriesByFile.at(-1) ?? 0;
  const entries = (point.chain?.members ?? [...last.entries(point.node)]).slice(-ENTRIES_LOOKED_AT);
  const armed = point.chain === null ? null : armedTimers(last, entries, scripts);
  const steps = armed?.steps ?? retainerSteps(last, last.path(point.node) ?? [], scripts, { entriesOf });
  return {
    key: point.key,
    type: armed === null ? typeOf(last, point, steps) : 'timers',
    instances: point.containers,
    size: after,
    steps,
    elementType: commonest(entries.map((entry) => elementWords(last, entry))) ?? 'undefined',
    ...(point.chain === null || armed !== null ? {} : linkOf(point.chain)),
    elementBytes: point.bytes / Math.max(1, after - before),
    zombies: closedNodes(last, entries, scripts),
    timers: armed?.timers ?? [],
  };
}

function linkOf({ link, isCaptured }: Chain): Pick<ContainerDetail, 'link' | 'linkIsCaptured'> {
  return isCaptured ? { link, linkIsCaptured: true } : { link };
}

function typeOf(last: Heap, { chain, node }: AccumulationPoint, steps: readonly PathStep[]): ContainerType {
  if (chain !== null) return 'chain';
  return steps.at(-1)?.kind === 'listeners' ? 'listeners' : containerType(last, node);
}

/** As the census has it: classes by their names, and what `typeof` says of all else. */
function elementWords(heap: Heap, node: NodeOrdinal): string {
  const { type, name } = heap.node(node);
  if (type === 'object') return name;
  if (type === 'closure') return 'Function';
  return type === 'number' || type === 'symbol' || type === 'bigint' || type === 'regexp'
    ? type
    : type.includes('string')
      ? 'string'
      : 'value';
}

function commonest(words: readonly string[]): string | undefined {
  const countByWord = new Map<string, number>();
  for (const word of words) countByWord.set(word, (countByWord.get(word) ?? 0) + 1);
  const [most] = [...countByWord].sort((a, b) => b[1] - a[1]);
  return most?.[0];
}
