import { formatBytes, formatRate } from '../core/bytes.ts';
import { formatDuration } from '../core/duration.ts';
import type { Report } from '../report/schema.ts';
import { oneIn, percent, rateInterval, seconds } from './figures.ts';
import type { Glyphs } from './glyphs.ts';
import type { Line } from './line.ts';
import { spaceWords, verdictTone, verdictWord } from './words.ts';

/** The verdict in parts, the most important first, so that a narrow screen can take the first few. */
export function verdictParts(report: Report, glyphs: Glyphs): Line[] {
  const { verdict, growth, target } = report;
  const tone = verdictTone(verdict.kind);
  const parts: Line[] = [[{ text: verdictWord(verdict.kind), tone }]];
  if (growth.bytesPerSecond !== null) {
    const rate = `${formatRate(growth.bytesPerSecond)} ${spaceWords(verdict.space)}`;
    parts.push([verdict.kind === 'leaking' ? { text: rate, tone } : { text: rate }]);
  }
  if (growth.interval !== null) {
    parts.push([{ text: `${percent(growth.level)} interval ${rateInterval(growth.interval, glyphs)}` }]);
  }
  if (verdict.kind === 'leaking') {
    parts.push([{ text: `false alarm at most ${oneIn(growth.falseAlarmProbability)}` }]);
  } else if (growth.smallestDetectableBytesPerSecond !== null) {
    parts.push([
      { text: `a leak of ${formatBytes(growth.smallestDetectableBytesPerSecond)}/s would have been seen` },
    ]);
  }
  if (verdict.watchMoreMs !== null) {
    const more = formatDuration(verdict.watchMoreMs);
    parts.push([{ text: report.source === null ? `watch ${more} more` : `needs a log ${more} longer` }]);
  }
  const fate = fateWords(report);
  if (fate !== null) {
    const interval = fateInterval(report, glyphs);
    parts.push([target.exit === null ? { text: fate + interval } : { text: fate, tone: 'bad' }]);
  }
  const gain = gainWords(report);
  if (gain !== null) parts.push([{ text: gain }]);
  return parts;
}

/** How the process ended or, while it lives, when its memory will. */
export function fateWords(report: Report): string | null {
  const { exit } = report.target;
  if (exit !== null) return `the process ended after ${formatDuration(exit.atMs)} (${exitWords(exit)})`;
  return report.forecast === null ? null : `out of memory in ${seconds(report.forecast.secondsToLimit)}`;
}

/** ` (99 %: 38 s … 45 s)`, where the ends differ once they are written. */
function fateInterval({ forecast }: Report, glyphs: Glyphs): string {
  if (forecast === null) return '';
  const [low, high] = forecast.interval.map(seconds);
  return low === high ? '' : ` (${percent(forecast.level)}: ${low} ${glyphs.to} ${high})`;
}

/** What more memory would buy: of a leak only time, and little of that where another limit is near. */
export function gainWords({ forecast, target, source }: Report): string | null {
  if (forecast === null || target.exit !== null) return null;
  const { which, doubled } = forecast;
  const size = formatBytes(doubled.limitBytes);
  const time = seconds(doubled.secondsGained);
  if (source !== null) return `twice the limit, ${size}, buys ${time} more`;
  const gain = `buys ${time} more${doubled.which === which ? '' : `: then it meets ${LIMIT_WORDS[doubled.which]}`}`;
  if (which === 'container') return `scaling up to ${size} ${gain}`;
  if (which === 'rlimit') return `a ulimit of ${size} ${gain}`;
  return `a heap of ${size} (--max-old-space-size=${Math.round(doubled.limitBytes / 2 ** 20)}) ${gain}`;
}

const LIMIT_WORDS = {
  heap: 'the limit of the heap',
  container: 'the limit of the container',
  rlimit: 'the ulimit',
} as const;

/** Where memory would end, for screens with room: `limit 4.35 GB`. */
export function limitWords(report: Report): string | null {
  const { effectiveBytes, which } = report.target.limits;
  return effectiveBytes === null ? null : `${which ?? 'memory'} limit ${formatBytes(effectiveBytes)}`;
}

function exitWords(exit: NonNullable<Report['target']['exit']>): string {
  if (exit.signal !== null) return exit.signal;
  return exit.code === null ? 'nobody saw how' : `exit code ${exit.code}`;
}
