/** One line of `--trace-gc`. Sizes are in bytes, true to half of `TRACE_RESOLUTION_BYTES`. */
export type TracedGc = {
  /** Process and isolate as the line's prefix names them; `null` where it has none. */
  readonly pid: number | null;
  readonly isolate: string | null;
  /** Since the isolate's start. */
  readonly timeMs: number;
  readonly kind: 'major' | 'minor';
  readonly durationMs: number;
  readonly beforeBytes: number;
  readonly afterBytes: number;
};

/** V8 prints mebibytes with one decimal (`GCTracer::Print`, the same in Node 20 to 26). */
export const TRACE_RESOLUTION_BYTES: number = 0.1 * 2 ** 20;

/**
 * The collections a line tells of, and how many more it seems to tell of but can't be read (cut off, or mixed with
 * another thread's output).
 *
 *     [4242:0x5581]     1073 ms: Mark-Compact (reduce) 34.1 (64.0) -> 29.8 (65.8) MB, 6.49 / 0.16 ms  (average mu …
 *
 * Anything may stand before it: a time stamp, a container's name, the end of what the program printed. Each ` ms: `
 * is looked at with a bounded piece of text on either side, so the cost is linear in the line.
 */
export function readTracedGcs(line: string): {
  readonly gcs: readonly TracedGc[];
  readonly unreadable: number;
} {
  const gcs: TracedGc[] = [];
  let unreadable = 0;
  for (let at = line.indexOf(MARK); at >= 0; at = line.indexOf(MARK, at + MARK.length)) {
    const body = line.slice(at + MARK.length, at + MARK.length + LONGEST_BODY);
    if (!STARTS_LIKE_ONE.test(body)) continue;
    const gc = gcOf(line.slice(Math.max(0, at - LONGEST_PREFIX), at), body);
    if (gc === null) unreadable += 1;
    else gcs.push(gc);
  }
  return { gcs, unreadable };
}

const MARK = ' ms: ';
const LONGEST_PREFIX = 80;
const LONGEST_BODY = 160;

// Node 26 says "Incremental Mark-Compact" of some.
const STARTS_LIKE_ONE = /^(?:(?:Minor |Incremental )?Mark-(?:[Cc]ompact|[Ss]weep)|Scavenge)\b/;
const PREFIX = /(?:\[(\d{1,10})(?::(0x[0-9a-f]{1,16}|[0-9A-F]{8,16}))?(?::\d{1,6})?\])?:? {0,40}(\d{1,15})$/;
const BODY =
  /^([A-Z][A-Za-z -]{1,32}?) (?:\([a-z ]{1,40}\) )?(\d{1,9}\.\d{1,3}) \(\d{1,9}\.\d{1,3}\) -> (\d{1,9}\.\d{1,3}) \(\d{1,9}\.\d{1,3}\) MB, (?:pooled: [\d.]{1,12} MB, )?(\d{1,9}(?:\.\d{1,6})?) /;

function gcOf(head: string, body: string): TracedGc | null {
  const prefix = PREFIX.exec(head);
  const found = BODY.exec(body);
  if (prefix === null || found === null) return null;
  const [, pid, isolate, timeMs] = prefix;
  const [, name = '', before, after, durationMs] = found;
  return {
    pid: pid === undefined ? null : Number(pid),
    isolate: isolate ?? null,
    timeMs: Number(timeMs),
    kind: name === 'Scavenge' || name.startsWith('Minor') ? 'minor' : 'major',
    durationMs: Number(durationMs),
    beforeBytes: mebibytes(before),
    afterBytes: mebibytes(after),
  };
}

function mebibytes(text: string | undefined): number {
  return Math.round(Number(text) * 2 ** 20);
}
