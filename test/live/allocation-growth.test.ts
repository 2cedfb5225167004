import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { installedNodes, majorOf } from '../../bench/lib/nodes.ts';
import type { Report } from '../../src/report/schema.ts';
import { type RunningServer, cli, startServer } from './processes.ts';

const file = fileURLToPath(new URL('./servers/finalizer-leak.mjs', import.meta.url));
let server: RunningServer;

afterEach(() => server.stop());

const nodes = installedNodes().sort((a, b) => majorOf(a.version) - majorOf(b.version));
const oldest = nodes[0];
const newest = nodes.at(-1);

test('what only the samples show is named, and nobody samples afterwards', async () => {
  server = await startServer(file, { node: oldest?.path ?? process.execPath });
  const report = await watch();
  expect(report.verdict).toMatchObject({ kind: 'leaking', space: 'heap' });
  const [finding] = report.findings;
  expect(finding).toMatchObject({
    kind: 'finalizer-keeps-target',
    heldBy: { name: 'forgotten', location: { line: markedLine('held by') } },
    addedAt: { location: { line: markedLine('added at') } },
  });
  expect(finding?.retained.bytesPerSecond).toBeGreaterThan((report.growth.bytesPerSecond ?? 0) / 2);
  expect(await isSampled()).toBe(false);
});

// It has a way to sample that collects nothing. Its compiler puts the constructor into whoever calls it, and then V8's samples
// do not tell of the constructor: so who holds may stay unknown.
test('on the newest Node what stays is told too, and nobody samples afterwards', async () => {
  server = await startServer(file, { node: newest?.path ?? process.execPath });
  const report = await watch();
  expect(report.verdict).toMatchObject({ kind: 'leaking', space: 'heap' });
  const [finding] = report.findings;
  expect(['finalizer-keeps-target', 'kept-out-of-sight']).toContain(finding?.kind);
  expect(finding?.allocatedAt?.location.file).toMatch(/finalizer-leak\.mjs$/);
  expect(finding?.retained.bytesPerSecond).toBeGreaterThan((report.growth.bytesPerSecond ?? 0) / 3);
  expect(await isSampled()).toBe(false);
});

test('where the collection that it takes does not fit the pause, nothing is sampled and the reader is told', async () => {
  server = await startServer(file, { node: oldest?.path ?? process.execPath, env: { BALLAST: '600000' } });
  const report = await watch('40s');
  expect(report.findings.filter(({ kind }) => kind === 'finalizer-keeps-target')).toEqual([]);
  if (report.verdict.kind === 'leaking')
    expect(report.notes.join('\n')).toMatch(/--max-pause 50 .*About \d+ ms/);
  expect(await isSampled()).toBe(false);
});

async function watch(duration = '60s'): Promise<Report> {
  const { stdout } = await cli([String(server.pid), '--for', duration, '--quiet', '--json', '-']);
  return JSON.parse(stdout) as Report;
}

async function isSampled(): Promise<boolean> {
  const response = await fetch(`http://127.0.0.1:${server.port}/sampled`);
  return ((await response.json()) as { sampled: boolean }).sampled;
}

/** The line above a mark. */
function markedLine(words: string): number {
  return readFileSync(file, 'utf8')
    .split('\n')
    .findIndex((line) => line.includes(`^^ ${words}`));
}
