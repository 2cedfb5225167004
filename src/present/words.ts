import { type Activity, isOver } from '../report/live.ts';
import type { Report } from '../report/schema.ts';
import type { Tone } from './line.ts';

/** The words on screen for the words inside. Code and documents keep theirs; this is the only map between them. */
export function verdictWord(kind: VerdictKind): string {
  return VERDICT_BY_KIND[kind];
}

/** While the watch goes on, no verdict is no result: `INCONCLUSIVE` is for its end. */
export function verdictWordSoFar(kind: VerdictKind, activity: Activity): string {
  return kind === 'inconclusive' && !isOver(activity) ? 'NO VERDICT YET' : verdictWord(kind);
}

export function verdictTone(kind: VerdictKind): Tone {
  return TONE_BY_KIND[kind];
}

/** Where memory grows, to be put behind a rate: `+56.0 MB/s after GC`. */
export function spaceWords(space: Report['verdict']['space']): string {
  return space === null ? 'after GC' : WORDS_BY_SPACE[space];
}

export function activityWords(activity: Activity): string {
  return WORDS_BY_ACTIVITY[activity];
}

/** A rule's name as words: `timer-never-cleared` is "timer never cleared". */
export function kindWords(kind: string): string {
  return kind.replaceAll('-', ' ');
}

/** An operation as the report names it; a connection is called what the closed ones that are held turned out to be. */
export function operationWords(operation: string, zombieType: string | null): string {
  if (operation === 'connection opened') return 'connection while it is open';
  if (operation === 'connection closed')
    return `${zombieType === 'WebSocket' ? 'WebSocket' : 'connection'} closed`;
  return operation === 'http request' ? 'HTTP request' : operation;
}

/** `WebSocket`, `WebSockets`, `Address objects`: a class name is not bent where English would change its letters. */
export function counted(type: string, amount: number): string {
  if (amount === 1) return type;
  return /(?:[sxzy]|ch|sh)$/i.test(type) || !/[a-z]$/i.test(type) ? `${type} objects` : `${type}s`;
}

type VerdictKind = Report['verdict']['kind'];

const VERDICT_BY_KIND: Readonly<Record<VerdictKind, string>> = {
  leaking: 'LEAKING',
  steady: 'STEADY',
  inconclusive: 'INCONCLUSIVE',
};

const TONE_BY_KIND: Readonly<Record<VerdictKind, Tone>> = {
  leaking: 'bad',
  steady: 'good',
  inconclusive: 'unsure',
};

const WORDS_BY_SPACE: Readonly<Record<NonNullable<Report['verdict']['space']>, string>> = {
  heap: 'after GC',
  external: 'outside the heap, after GC',
  native: 'in native memory',
};

const WORDS_BY_ACTIVITY: Readonly<Record<Activity, string>> = {
  starting: 'starting',
  watching: 'watching',
  walking: 'walking the live objects',
  trapping: 'catching who adds',
  capturing: 'taking a heap snapshot',
  done: 'done',
  ended: 'ended',
  left: 'the agent left',
};
