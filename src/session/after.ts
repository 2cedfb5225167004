/**
 * Calls `action` once, after any time; returns what cancels that. Node takes a timer of more than 24.8 days for one of a
 * millisecond, and a watch may stand for longer.
 */
export function after(ms: number, action: () => void): () => void {
  let timer: NodeJS.Timeout;
  const wait = (leftMs: number): void => {
    const now = Math.min(leftMs, LONGEST_TIMER_MS);
    timer = setTimeout(() => (leftMs > now ? wait(leftMs - now) : action()), now);
  };
  wait(ms);
  return () => clearTimeout(timer);
}

const LONGEST_TIMER_MS = 2 ** 31 - 1;
