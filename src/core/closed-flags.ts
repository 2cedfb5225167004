/**
 * Properties by which an object says that it is over, whoever made it, with the state to tell; the first that is true
 * counts. The same in a live object and in a heap snapshot.
 */
export const CLOSED_FLAGS: readonly (readonly [string, string])[] = [
  ['destroyed', 'destroyed'],
  ['_destroyed', 'destroyed'],
  ['closed', 'closed'],
  ['_closed', 'closed'],
];

/** Of the bits that Node keeps of a stream: `kDestroyed` or `kClosed` of lib/internal/streams/utils.js. */
export function isStreamOver(bits: number): boolean {
  return (bits & (STREAM_DESTROYED | STREAM_CLOSED)) !== 0;
}

// A test holds them against the streams of every Node.
const STREAM_DESTROYED = 1 << 4;
const STREAM_CLOSED = 1 << 5;
