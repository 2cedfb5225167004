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
  /** Where V8's sampled allocations go, in the format of the file's ending. */
  readonly allocations?: string | undefined;
  readonly quiet?: boolean | undefined;
  readonly verbose?: boolean | undefined;
  readonly color: boolean;
};

export function forOption(description: string): Option<'--for <duration>', undefined, undefined, number> {
  return new Option('--for <duration>', description).env('LEAKLINE_FOR').argParser(durationMs);
}

export function untilOption<When extends 'verdict' | 'end' = 'verdict'>(
  byDefault: When = 'verdict' as When,
): Option<'--until <when>', undefined, When, undefined, false, 'verdict' | 'end'> {
  return new Option('--until <when>', 'stop as soon as verdict and line are known, or at the end')
    .choices(['verdict', 'end'] as const)
    .default(byDefault)
    .env('LEAKLINE_UNTIL');
}

export function yesOption(): Option<'--yes'> {
  return new Option('--yes', 'not on Linux: it is a Node.js of mine that may be opened').env('LEAKLINE_YES');
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

/** What a snapshot may take if nobody says otherwise: it is never done within the budget of a watch. */
export const STANDSTILL_MS_MOST = 10_000 as const;

export function maxStandstillOption(): Option<'--max-pause <ms>', undefined, 10_000, number> {
  return new Option('--max-pause <ms>', 'longest pause leakline may cause in the target, in milliseconds')
    .default(STANDSTILL_MS_MOST)
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

export function allocationsOption(): Option<'--allocations <file>', undefined, undefined, string> {
  return new Option(
    '--allocations <file>',
    "write V8's sampled allocations: as FILE.heapprofile, FILE.pb.gz (pprof) or FILE.speedscope.json",
  )
    .env('LEAKLINE_ALLOCATIONS')
    .argParser(profileName);
}

/** Said before hours of watching, not after. */
function profileName(file: string): string {
  if (!/[^/\\]\.(?:heapprofile|pb|pb\.gz|speedscope\.json)$/.test(file))
    throw new InvalidArgumentError('Its ending tells the format: .heapprofile, .pb.gz or .speedscope.json.');
  return file;
}

/** Of a watch: a snapshot is its last resort, and never unasked. */
export function snapshotOption(): Option<
  '--snapshot <when>',
  undefined,
  'never',
  undefined,
  false,
  'never' | 'auto'
> {
  return new Option(
    '--snapshot <when>',
    'of a leak that nothing found explains, take a heap snapshot if that is safe (auto), or never',
  )
    .choices(['never', 'auto'] as const)
    .default('never' as const)
    .env('LEAKLINE_SNAPSHOT');
}

export function uiOption(
  description = 'show it on a live page of this machine; its address is printed',
): Option<'--ui'> {
  return new Option('--ui', description).env('LEAKLINE_UI');
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

export function verboseOption(
  description = 'say more: where the time went on the target',
): Option<'--verbose'> {
  return new Option('--verbose', description).env('LEAKLINE_VERBOSE');
}

export function noColorOption(): Option<'--no-color', undefined, true> {
  return new Option('--no-color', 'no colours (NO_COLOR and FORCE_COLOR are honoured too)');
}

/** What a variable may hold to say that its option is not given. */
export function isOff(value: string | undefined): boolean {
  return value === undefined || ['', '0', 'false', 'no', 'off'].includes(value.trim().toLowerCase());
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

/** What a server of the story needs to start. */
export function heapLimit(text: string): number {
  const bytes = sizeBytes(text);
  if (bytes < LEAST_HEAP_BYTES) throw new InvalidArgumentError('It must be 32MB or more.');
  return bytes;
}

const LEAST_HEAP_BYTES = 32e6;

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
