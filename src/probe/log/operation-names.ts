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
  if (has('connection', 'connections', 'socket', 'sockets')) {
    if (has('closed', 'ended', 'disconnected')) return 'connection closed';
    return has('opened', 'accepted', 'total', 'count') ? 'connection opened' : null;
  }
  if (has('request', 'requests')) return 'http request';
  for (const noun of NOUNS) if (has(noun, `${noun}s`)) return noun;
  return null;
}

const LONGEST_NAME = 64;
const NOT_COUNTS = new Set(['bucket', 'sum', 'seconds', 'ms', 'rate', 'created']);
const NOUNS = ['job', 'task', 'message', 'event'] as const;
