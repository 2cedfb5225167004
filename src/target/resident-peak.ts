import { readFileSync } from 'node:fs';

/**
 * The most resident memory a process has from now until it is stopped. The kernel keeps the highest size a process ever had,
 * which says something only where it rises; below it we look ourselves, twenty times a second.
 */
export function watchResidentPeak(pid: number): { stop(): number } {
  const highestBefore = readBytes(pid, 'VmHWM');
  let peakBytes = 0;
  const look = (): void => {
    peakBytes = Math.max(peakBytes, readBytes(pid, 'VmRSS'));
  };
  const timer = setInterval(look, 50);
  return {
    stop: () => {
      clearInterval(timer);
      look();
      const highest = readBytes(pid, 'VmHWM');
      return highest > highestBefore ? Math.max(peakBytes, highest) : peakBytes;
    },
  };
}

/** 0 of a process that has ended. */
function readBytes(pid: number, field: string): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    return Number(new RegExp(`^${field}:\\s*(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
