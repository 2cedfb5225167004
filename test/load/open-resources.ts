import { setTimeout as sleep } from 'node:timers/promises';

/** Sockets, servers and timers that keep this process alive; the test runner's own do not. */
export async function openResources(): Promise<string[]> {
  // A timer counts until its turn of the loop is over, and this one would be among them.
  await sleep(1);
  await new Promise((resolve) => setImmediate(resolve));
  return process.getActiveResourcesInfo().filter((name) => /^(TCP|Timeout)/.test(name));
}

/** None if they end within ten seconds, else what is left then. Sockets close a little after they are told to. */
export async function resourcesThatStay(): Promise<string[]> {
  const deadlineMs = performance.now() + 10_000;
  let open = await openResources();
  // Not with vi.waitFor: it has timers of its own.
  while (open.length > 0 && performance.now() < deadlineMs) open = await openResources();
  return open;
}
