import { formatDuration } from '../../core/duration.ts';
import type { LiveView } from '../../report/live.ts';
import { glyphsFor } from '../glyphs.ts';
import { cutLine, type Line, lineWidth, type Span } from '../line.ts';
import { textWidth } from '../text-width.ts';
import {
  findingsOf,
  isolatesOf,
  openedFinding,
  type Possible,
  type Reader,
  snapshotPid,
  viewFor,
} from './reader.ts';

/** The keys that do something now, and at the right edge what the watch has cost so far, where both fit. */
export function helpLine(
  view: LiveView,
  reader: Reader,
  possible: Possible,
  look: { readonly columns: number; readonly unicode: boolean; readonly over: boolean },
): Line {
  const glyphs = glyphsFor(look.unicode);
  const quits = look.over ? 'end and see the answer' : 'quit';
  const keys = keysLine(view, reader, possible, { ...look, quits });
  const cost = costWords(view, ` ${glyphs.dot} `).find(
    (words) => lineWidth(keys) + 3 + textWidth(words) <= look.columns,
  );
  if (cost === undefined) return cutLine(keys, look.columns, glyphs.cut);
  const room = look.columns - lineWidth(keys) - textWidth(cost);
  return [...keys, { text: ' '.repeat(room) }, { text: cost, tone: 'faint' }];
}

/** The keys alone. `quits` says what `q` does. */
export function keysLine(
  view: LiveView,
  reader: Reader,
  possible: Possible,
  look: { readonly unicode: boolean; readonly over: boolean; readonly quits: string },
): Line {
  return keysNow(view, reader, possible, look).flatMap(([key, does], index): Span[] => [
    { text: index === 0 ? '' : '   ' },
    { text: key, tone: 'strong' },
    { text: ` ${does}`, tone: 'faint' },
  ]);
}

function keysNow(
  view: LiveView,
  reader: Reader,
  possible: Possible,
  { unicode, over, quits }: Parameters<typeof keysLine>[3],
): [key: string, does: string][] {
  const { snapshot, opened } = reader;
  const quit: [string, string] = ['q', quits];
  if (snapshot?.step === 'asked') return [['y', 'take it'], ['esc', 'leave it'], quit];
  const shown = viewFor(view, reader);
  const pause: [string, string] = ['p', reader.paused ? 'go on' : 'pause'];
  const findings = findingsOf(shown).length;
  if (opened !== null && openedFinding(shown, reader) !== null) {
    return [
      ['esc', 'back'],
      ...(possible.lastFromLine > 0 ? ([[unicode ? '↑↓' : 'j k', 'scroll']] as [string, string][]) : []),
      ...(findings > 1 ? ([['f', 'next finding']] as [string, string][]) : []),
      pause,
      quit,
    ];
  }
  return [
    ...(over && !reader.paused ? [] : [pause]),
    ...(isolatesOf(view).length > view.sides.length ? ([['i', 'isolate']] as [string, string][]) : []),
    ...(findings > 0 ? ([['f', 'open finding']] as [string, string][]) : []),
    ...(snapshotPid(view, reader, possible) !== null && snapshot?.step !== 'running'
      ? ([['s', 'snapshot']] as [string, string][])
      : []),
    ...(snapshot?.step === 'over' ? ([['esc', 'close']] as [string, string][]) : []),
    quit,
  ];
}

/** What leakline has taken of the processes until now, the fullest words first. */
export function costWords({ sides }: LiveView, dot: string): string[] {
  const costs = sides.flatMap(({ report }) => report?.cost ?? []);
  const longestMs = Math.max(...costs.map(({ longestPauseMs }) => longestPauseMs ?? -1));
  if (costs.length === 0 || longestMs < 0) return [];
  const pause = `longest pause ${Math.round(longestMs)} ms`;
  const totalMs = costs.reduce((sum, { totalOnTargetMs }) => sum + (totalOnTargetMs ?? 0), 0);
  const total = `${formatDuration(Math.round(totalMs))} in all`;
  return [`cost so far: ${pause}${dot}${total}`, `cost: ${pause}${dot}${total}`, pause];
}
