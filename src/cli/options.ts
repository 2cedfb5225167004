import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { parseBytes } from '../core/bytes.ts';
import { parseDuration } from '../core/duration.ts';

/** What means the same in every command that watches. Each also as an environment variable. */
export type OutputOptions = {
  readonly json?: string | undefined;
  readonly html?: string | undefined;
  readonly markdown?: string | undefined;
  readonly withSource?: boolean | undefined;
  /** Serve a live page while the command runs. */
  readonly ui?: boolean | undefined;
  readonly quiet?: boolean | undefined;
  readonly verbose?: boolean | undefined;
  readonly color: boolean;
};

export function forOption(description: string): Option<'--for <duration>', undefined, undefined, number> {
  return new Option('--for <duration>', description).env('LEAKLINE_FOR').argParser(durationMs);
}

export function untilOption(): Option<
  '--until <when>',
  undefined,
  'verdict',
  undefined,
  false,
  'verdict' | 'end'
> {
  return new Option('--until <when>', 'stop as soon as verdict and line are known, or at the end')
    .choices(['verdict', 'end'] as const)
    .default('verdict' as const)
    .env('LEAKLINE_UNTIL');
}

export function gcOption(): Option<
  '--gc <how>',
  undefined,
  'auto',
  undefined,
  false,
  'auto' | 'natural' | 'forced'
> {
  return new Option(
    '--gc <how>',
    'force a garbage collection where its pause fits the budget, never, or always',
  )
    .choices(['auto', 'natural', 'forced'] as const)
    .default('auto' as const)
    .env('LEAKLINE_GC');
}

export function maxPauseOption(): Option<'--max-pause <ms>', undefined, 50, number> {
  return new Option('--max-pause <ms>', 'longest pause leakline may cause in the target, in milliseconds')
    .default(50 as const)
    .env('LEAKLINE_MAX_PAUSE')
    .argParser(positiveNumber);
}

export const MAX_STANDSTILL_MS = 10_000 as const;

/** Of a snapshot, which is never done within the budget of a watch. */
export function maxStandstillOption(): Option<'--max-pause <ms>', undefined, 10_000, number> {
  return new Option('--max-pause <ms>', 'longest pause leakline may cause in the target, in milliseconds')
    .default(MAX_STANDSTILL_MS)
    .env('LEAKLINE_MAX_PAUSE')
    .argParser(positiveNumber);
}

export function falseAlarmsOption(
  of: 'watch' | 'log' = 'watch',
): Option<'--false-alarms <probability>', undefined, 0.01, number> {
  return new Option('--false-alarms <probability>', `the chance of a false alarm you accept for one ${of}`)
    .default(0.01 as const)
    .env('LEAKLINE_FALSE_ALARMS')
    .argParser(probability);
}

export function jsonOption(): Option<'--json <file>'> {
  return new Option('--json <file>', 'write the report as JSON to a file (- for standard output)').env(
    'LEAKLINE_JSON',
  );
}

export function htmlOption(): Option<'--html <file>'> {
  return new Option('--html <file>', 'write the report as one page to a file (- for standard output)').env(
    'LEAKLINE_HTML',
  );
}

export function markdownOption(): Option<'--markdown <file>'> {
  return new Option(
    '--markdown <file>',
    'write the report for an issue or a pull request to a file (- for standard output)',
  ).env('LEAKLINE_MARKDOWN');
}

export function withSourceOption(): Option<'--with-source'> {
  return new Option('--with-source', 'put lines of your source into --html and --markdown').env(
    'LEAKLINE_WITH_SOURCE',
  );
}

export function uiOption(): Option<'--ui'> {
  return new Option('--ui', 'show it on a live page of this machine; its address is printed').env(
    'LEAKLINE_UI',
  );
}

/** For a list, which is short: without a file it goes to standard output. */
export function jsonListOption(): Option<'--json [file]', '-'> {
  return new Option('--json [file]', 'write the list as JSON, to a file or to standard output')
    .preset('-' as const)
    .env('LEAKLINE_JSON');
}

export function quietOption(): Option<'--quiet'> {
  return new Option('--quiet', 'no progress, only the answer').env('LEAKLINE_QUIET');
}

export function verboseOption(): Option<'--verbose'> {
  return new Option('--verbose', 'say more: where the time went on the target').env('LEAKLINE_VERBOSE');
}

export function noColorOption(): Option<'--no-color', undefined, true> {
  return new Option('--no-color', 'no colours (NO_COLOR and FORCE_COLOR are honoured too)');
}

export function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError('It must be a whole number from 1.');
  return value;
}

export function portNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65_535)
    throw new InvalidArgumentError('It must be a port, 0 to 65535.');
  return value;
}

export function sizeBytes(text: string): number {
  const bytes = parseBytes(text);
  if (bytes === undefined || bytes <= 0)
    throw new InvalidArgumentError('It must be a size, as 2GB, 512MB or a number of bytes.');
  return bytes;
}

function positiveNumber(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError('It must be a number above 0.');
  return value;
}

function probability(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value < 0.5)) throw new InvalidArgumentError('It must be between 0 and 0.5, as 0.01.');
  return value;
}

export function durationMs(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined || ms <= 0) throw new InvalidArgumentError('It must be a duration, as 30s, 5m or 1h.');
  return ms;
}
