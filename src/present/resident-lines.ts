import { formatBytes } from '../core/bytes.ts';
import { formatDuration } from '../core/duration.ts';
import type { IsolateReport, ResidentMemory } from '../report/schema.ts';
import { count } from './figures.ts';

/**
 * Where resident memory went that is no heap of V8, for a reader who sees RSS grow: by kind, from the first look to the last,
 * and what to try. Empty where it grew too little to be asked about, unless the verdict is about it.
 */
export function residentSentences({
  residentMemory,
  verdict,
}: Pick<IsolateReport, 'residentMemory' | 'verdict'>): string[] {
  if (residentMemory === null) return [];
  const { first, last } = residentMemory;
  const outside = grown(last.anonymousBytes, first.anonymousBytes) - grown(last.v8Bytes, first.v8Bytes);
  const files = grown(last.fileBytes, first.fileBytes);
  const shared = grown(last.sharedBytes, first.sharedBytes);
  const asked = verdict.space === 'native' || Math.max(outside, files, shared) >= WORTH_A_WORD_BYTES;
  if (!asked || last.timeMs === first.timeMs) return [];
  const arenas = last.arenas.bytes - first.arenas.bytes;
  const main = last.mallocMainBytes - first.mallocMainBytes;
  return [
    `in ${formatDuration(last.timeMs - first.timeMs)} resident memory changed by ${signed(outside)} beside what V8 accounts for, ${signed(files)} of files, ${signed(shared)} shared; ` +
      `malloc has ${formatBytes(last.arenas.bytes)} in ${arenaWords(last.arenas.count)} (${signed(arenas)}) and ${formatBytes(last.mallocMainBytes)} in its main heap (${signed(main)})`,
    ...(outside > 0 && arenas >= Math.max(outside / 2, ARENAS_WORTH_A_WORD_BYTES)
      ? ['glibc keeps what its arenas have had: try MALLOC_ARENA_MAX=2, or another malloc']
      : []),
    ...(files > outside && files >= WORTH_A_WORD_BYTES
      ? ['pages of files are a cache: the kernel takes them back when it needs room']
      : []),
  ];
}

/** By kind, at one look. */
export function residentWords(memory: ResidentMemory): string {
  const { anonymousBytes, fileBytes, sharedBytes, v8Bytes, mallocMainBytes, arenas } = memory;
  return [
    `its own pages ${formatBytes(anonymousBytes)}, of files ${formatBytes(fileBytes)}, shared ${formatBytes(sharedBytes)}`,
    ...(v8Bytes === null ? [] : [`V8 accounts for ${formatBytes(v8Bytes)}`]),
    `malloc has ${formatBytes(mallocMainBytes)} and ${formatBytes(arenas.bytes)} in ${arenaWords(arenas.count)}`,
  ].join('; ');
}

const WORTH_A_WORD_BYTES = 50_000_000;
const ARENAS_WORTH_A_WORD_BYTES = 10_000_000;

/** What is not known has not grown. */
function grown(last: number | null, first: number | null): number {
  return last === null || first === null ? 0 : last - first;
}

function signed(bytes: number): string {
  return `${bytes < 0 ? '' : '+'}${formatBytes(bytes)}`;
}

function arenaWords(arenas: number): string {
  return `${count(arenas)} glibc ${arenas === 1 ? 'arena' : 'arenas'}`;
}
