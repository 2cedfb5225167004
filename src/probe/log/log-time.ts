/** When a line was written, as the line says it. */
export type LogTime =
  | { readonly kind: 'clock'; readonly epochMs: number }
  /** Since some beginning, in seconds or milliseconds: for the whole log to say. */
  | { readonly kind: 'elapsed'; readonly count: number };

/** The value of a time key: an ISO string, or a number, whose size tells seconds from milliseconds. `null` for no time. */
export function logTimeOf(value: unknown): LogTime | null {
  if (typeof value === 'string') {
    const text = value.slice(0, 40);
    if (/^\d{1,20}(?:\.\d{1,12})?$/.test(text)) return logTimeOf(Number(text));
    return stampIn(text);
  }
  if (typeof value !== 'number' || !(value >= 0)) return null;
  if (value < 1e8) return { kind: 'elapsed', count: value };
  // The epoch counted in seconds, milliseconds, microseconds or nanoseconds, from 1973 on.
  const perMs = value < 1e11 ? 1e-3 : value < 1e14 ? 1 : value < 1e17 ? 1e3 : 1e6;
  return { kind: 'clock', epochMs: value / perMs };
}

/** The first ISO 8601 time near the beginning of a line, where loggers, Docker and kubectl put it. */
export function stampIn(line: string): LogTime | null {
  const found = STAMP.exec(line.slice(0, 120));
  if (found === null) return null;
  const [, day = '', clock = '', fraction = '', zone = 'Z'] = found;
  const epochMs = Date.parse(`${day}T${clock}.${fraction.slice(0, 3).padEnd(3, '0')}${zone}`);
  return Number.isFinite(epochMs) ? { kind: 'clock', epochMs } : null;
}

export const timeKeys: readonly string[] = [
  'time',
  'timestamp',
  '@timestamp',
  'ts',
  't',
  'date',
  'datetime',
  'timeMs',
  'time_ms',
  'timestampMs',
  'elapsed',
  'elapsedMs',
  'uptime',
  '__REALTIME_TIMESTAMP',
];

const STAMP = /(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d{1,9}))?(Z|[+-]\d\d:?\d\d)?/;
