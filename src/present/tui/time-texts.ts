import { formatDuration } from '../../core/duration.ts';
import type { LiveView } from '../../report/live.ts';
import { isolatesOf, type Reader } from './reader.ts';

/** How long the watch lasts, and before it what the reader must know of what is seen. The fullest first. */
export function timeTexts(view: LiveView, reader: Reader, over: boolean, dot: string): string[] {
  const elapsed = elapsedText(view);
  const state = over ? 'THE WATCH IS OVER' : reader.paused ? 'PAUSED, the watch goes on' : null;
  const short = over ? 'OVER' : reader.paused ? 'PAUSED' : null;
  const join = (...parts: readonly (string | null)[]): string =>
    parts.filter((part) => part !== null).join(` ${dot} `);
  return [
    join(isolateWords(view, reader), state, elapsed),
    join(state, elapsed),
    join(short, elapsed),
    elapsed,
  ];
}

/** In whole seconds. */
export function elapsedText({ elapsedMs }: LiveView): string {
  return formatDuration(Math.floor(elapsedMs / 1000) * 1000);
}

/** `isolate 2 of 5`, where there are several of a process and one was chosen. */
function isolateWords(view: LiveView, { isolate }: Reader): string | null {
  const isolates = isolatesOf(view);
  const at = isolate === null ? -1 : isolates.indexOf(isolate);
  return at === -1 ? null : `isolate ${at + 1} of ${isolates.length}`;
}
