import { setTimeout as sleep } from 'node:timers/promises';

/** Whether the condition came true in time. A look at the kernel's table costs some 5 ms, more where memory is large. */
export async function waitUntil(
  condition: () => boolean,
  timeoutMs: number,
  everyMs: number = LOOK_EVERY_MS,
): Promise<boolean> {
  const deadlineMs = performance.now() + timeoutMs;
  while (!condition()) {
    if (performance.now() >= deadlineMs) return false;
    await sleep(everyMs);
  }
  return true;
}

const LOOK_EVERY_MS = 20;
