import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Report } from '../../src/report/schema.ts';
import { findReportProblem } from '../../src/report/validate.ts';
import { cli, isAlive, type RunningServer, startServer } from './processes.ts';

// `--snapshot auto` of a leak that no walk can see, in a process whose allocations somebody else samples: nothing explains it.

let folder = '';
let server: RunningServer;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'last-resort-'));
  server = await startServer('test/live/servers/finalizer-leak.mjs', { env: { SAMPLED: '1' } });
});
afterEach(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function watch(...options: string[]): Promise<{ report: Report; text: string; stderr: string }> {
  const json = join(folder, 'report.json');
  const { stdout, stderr, code } = await cli(
    [String(server.pid), '--for', '45s', '--quiet', '--json', json, ...options],
    {},
    { cwd: folder },
  );
  expect(code).toBe(1);
  const report = JSON.parse(readFileSync(json, 'utf8')) as Report;
  expect(findReportProblem(report)).toBe(null);
  expect(report.verdict.kind).toBe('leaking');
  expect(report.account?.sufficient).toBe(false);
  return { report, text: stdout.replace(/\s+/g, ' '), stderr };
}

test('a redacted snapshot is taken, named in the report with what was predicted and what it cost', async () => {
  const { report, text } = await watch('--snapshot', 'auto');
  const { taken, predicted, refusal } = report.snapshot ?? { taken: null, predicted: null, refusal: '' };
  expect(refusal).toBe(null);
  expect(readdirSync(folder).filter((name) => name.includes('Heap.'))).toHaveLength(2);
  const file = readFileSync(taken?.file ?? '');
  expect(statSync(taken?.file ?? '').mode & 0o777).toBe(0o600);
  expect(file.length).toBe(taken?.fileBytes);
  const { snapshot, strings } = JSON.parse(file.toString('latin1')) as {
    snapshot: { node_count: number };
    strings: string[];
  };
  expect(snapshot.node_count).toBe(taken?.nodes);
  // What the program keeps is hidden, who keeps it is not.
  expect(strings.filter((string) => /^word \d+ \d+$/.test(string))).toEqual([]);
  expect(strings).toContain('Lease');
  expect(predicted?.objects).toBeGreaterThan(0.9 * snapshot.node_count);
  expect(report.cost.snapshotTaken).toBe(true);
  expect(report.cost.longestPauseMs).toBeGreaterThanOrEqual(taken?.pauseMs ?? Infinity);
  expect(text).toContain(`snapshot ${taken?.file.split('/').at(-1)}`);
  expect(text).toMatch(/predicted for [\d,]+ objects were/);
  expect(isAlive(server.pid)).toBe(true);
  expect((await fetch(`http://127.0.0.1:${server.port}/`)).ok).toBe(true);
});

test('behind the same check: a pause that is not allowed is refused in words, and nothing is taken', async () => {
  const { report, text } = await watch('--snapshot', 'auto', '--max-pause', '40');
  expect(report.snapshot).toMatchObject({
    taken: null,
    predicted: { objects: expect.any(Number) as number },
  });
  expect(report.snapshot?.refusal).toMatch(/would stop the program for up to .+, and 40 ms are allowed/);
  expect(report.cost.snapshotTaken).toBe(false);
  expect(text).toContain('none was taken:');
  expect(readdirSync(folder)).toEqual(['report.json']);
});

test('without the option none is taken, and the way to one is told with its predicted cost', async () => {
  const { report, text } = await watch();
  expect(report.snapshot).toBe(null);
  expect(readdirSync(folder)).toEqual(['report.json']);
  expect(text).toMatch(/it would stop this server for .+ to .+ and take .+ of memory/);
  expect(text).toContain(`leakline snapshot ${server.pid} takes one if that is safe`);
});
