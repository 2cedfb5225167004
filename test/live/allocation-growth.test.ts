import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test, type TestContext } from 'vitest';
import { installedNodes, majorOf } from '../../bench/lib/nodes.ts';
import type { Report } from '../../src/report/schema.ts';
import { type RunningServer, cli, startServer } from './processes.ts';

const file = fileURLToPath(new URL('./servers/finalizer-leak.mjs', import.meta.url));

const nodes = installedNodes().sort((a, b) => majorOf(a.version) - majorOf(b.version));
const oldest = nodes[0];
const newest = nodes.at(-1);

// Each waits for most of its minute.
describe.concurrent('what no walk can see', () => {
  test.for([
    ['oldest', oldest],
    ['newest', newest],
  ] as const)(
    'is named by the samples on the %s Node, and nobody samples afterwards',
    async ([, node], context) => {
      // So slow that its heap is read with ease when that is due: at 1 MB in two seconds it is just about as large as fits then, and one slow
      // collection too large.
      const server = await leakingServer(context, {
        node: node?.path ?? process.execPath,
        env: { EVERY_MS: '10' },
      });
      const report = await watch(server);
      expect(report.verdict).toMatchObject({ kind: 'leaking', space: 'heap' });
      const [finding] = report.findings;
      expect(finding).toMatchObject({
        kind: 'finalizer-keeps-target',
        heldBy: { name: 'forgotten', location: { line: markedLine('held by') } },
        addedAt: { location: { line: markedLine('added at') } },
      });
      expect(finding?.allocatedAt?.location.file).toMatch(/finalizer-leak\.mjs$/);
      expect(finding?.retained.bytesPerSecond).toBeGreaterThan((report.growth.bytesPerSecond ?? 0) / 3);
      expect(await isSampled(server)).toBe(false);
    },
  );

  test('is left unnamed where the collection that it takes does not fit the pause, and the reader is told', async (context) => {
    const server = await leakingServer(context, {
      node: oldest?.path ?? process.execPath,
      env: { BALLAST: '600000' },
    });
    const report = await watch(server, '40s');
    expect(report.findings.filter(({ kind }) => kind === 'finalizer-keeps-target')).toEqual([]);
    if (report.verdict.kind === 'leaking')
      expect(report.notes.join('\n')).toMatch(/--max-pause 50 .*About \d+ ms/);
    expect(await isSampled(server)).toBe(false);
  });
});

async function leakingServer(
  { onTestFinished }: TestContext,
  options: Parameters<typeof startServer>[1],
): Promise<RunningServer> {
  const server = await startServer(file, options);
  onTestFinished(() => server.stop());
  return server;
}

async function watch(server: RunningServer, duration = '60s'): Promise<Report> {
  const { stdout } = await cli([String(server.pid), '--for', duration, '--quiet', '--json', '-']);
  return JSON.parse(stdout) as Report;
}

async function isSampled(server: RunningServer): Promise<boolean> {
  const response = await fetch(`http://127.0.0.1:${server.port}/sampled`);
  return ((await response.json()) as { sampled: boolean }).sampled;
}

/** The line above a mark. */
function markedLine(words: string): number {
  return readFileSync(file, 'utf8')
    .split('\n')
    .findIndex((line) => line.includes(`^^ ${words}`));
}
