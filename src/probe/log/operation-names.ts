/**
 * What a key, a column or a metric counts, one of it, if its name says so: `http_requests_total`, `connectionsClosed`,
 * `jobs_processed_total`; `null` where it doesn't. A name that is read wrongly is found out by its figures: counts never fall.
 */
export function operationOf(name: string): string | null {
  if (name.length > LONGEST_NAME) return null;
  const words = name
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word !== '');
  const last = words.at(-1) ?? '';
  // A histogram counts in `_count`; its buckets and sums are something else.
  if (NOT_COUNTS.has(last)) return null;
  const has = (...options: readonly string[]): boolean => options.some((option) => words.includes(option));
  if (has('active', 'open', 'current', 'pending', 'failed', 'errors', 'bytes', 'size')) return null;
  if (has(...LEVELS)) return null;
  if (has('connection', 'connections', 'socket', 'sockets')) {
    if (has('closed', 'ended', 'disconnected')) return 'connection closed';
    return has('opened', 'accepted', 'total', 'count') ? 'connection opened' : null;
  }
  if (has('request', 'requests')) return 'http request';
  for (const noun of NOUNS) if (has(noun, `${noun}s`)) return noun;
  return null;
}

/** How surely a name is a count's, the surest first: `http_requests_total` before a histogram's `_count` and bare `requests`. */
export function countRank(name: string): number {
  const at = SUREST.findIndex((word) => name.toLowerCase().endsWith(word));
  return at < 0 ? SUREST.length : at;
}

const SUREST = ['total', 'count'] as const;
const LONGEST_NAME = 64;
/** What is under way or in line, a pace, and which one it is. */
const LEVELS = [
  'flight',
  'inflight',
  'progress',
  'running',
  'waiting',
  'queue',
  'queued',
  'idle',
  'concurrent',
  'per',
  'id',
  'ids',
  'loop',
] as const;
const NOT_COUNTS = new Set(['bucket', 'sum', 'seconds', 'ms', 'rate', 'created']);
const NOUNS = ['job', 'task', 'message', 'event'] as const;
