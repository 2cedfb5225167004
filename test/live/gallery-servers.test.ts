import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findCases } from '../../bench/gallery/case.ts';
import { startServer } from '../../bench/gallery/server.ts';

const gallery = join(import.meta.dirname, '../gallery');
const noCache = join(gallery, 'unused');
const signal = AbortSignal.timeout(100_000);

test.each(findCases(gallery))(
  'the server $name answers its traffic and ends when it is stopped',
  async (server) => {
    const running = await startServer(server, 1, noCache, signal);
    try {
      expect(await running.traffic).toBeNull();
    } finally {
      await running.stop();
    }
    expect(() => process.kill(running.pid, 0)).toThrow('ESRCH');
  },
);

test('a server stopped in the middle of its traffic leaves nothing running', async () => {
  const [server] = findCases(gallery);
  if (server === undefined) throw new Error('the gallery is empty');
  const running = await startServer(server, 60, noCache, signal);
  await running.stop();
  expect(await running.traffic).toContain('drive.mjs');
  expect(() => process.kill(running.pid, 0)).toThrow('ESRCH');
});

test('a folder without a server is an error with the last words of what was started', async () => {
  const nowhere = {
    suite: 'x',
    name: 'x',
    variant: 'ok',
    truth: { leaks: false, heldBy: null, addedAt: null, package: null },
  };
  await expect(
    startServer({ ...nowhere, start: { kind: 'plain', folder: import.meta.dirname } }, 1, noCache, signal),
  ).rejects.toThrow(/server\.mjs ended early \(exit code 1\)/);
});
