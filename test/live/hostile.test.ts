import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { Report } from '../../src/report/schema.ts';
import { cli, startServer } from './processes.ts';

test('no getter, proxy, iterator or stack of the program runs, and a frozen Error or a deleted directory ends nothing', async () => {
  const server = await startServer(fileURLToPath(new URL('./servers/hostile.mjs', import.meta.url)));
  const url = `http://127.0.0.1:${server.port}`;
  const load = setInterval(() => void fetch(url).catch(() => undefined), 20);
  try {
    const { stdout } = await cli([String(server.pid), '--for', '25s', '--until', 'end', '--json', '-']);
    const report = JSON.parse(stdout) as Report;
    // Walks, closer looks and a trap have all been there, or there was nothing to set off.
    expect(Object.keys(report.cost.longestPauseMsByWork)).toEqual(
      expect.arrayContaining(['walk', 'closer look']),
    );
    // Whether reading V8's samples fits the budget is the machine's business.
    const unsampled = /^Where memory was allocated/;
    expect(report.notes.filter((note) => !unsampled.test(note))).toEqual([]);
    const answer = await fetch(`${url}/triggered`);
    expect(await answer.json()).toEqual([]);
  } finally {
    clearInterval(load);
    await server.stop();
  }
});
