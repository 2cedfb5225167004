import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Report } from '../../src/report/schema.ts';
import { findReportProblem } from '../../src/report/validate.ts';
import { withLastResort } from '../../src/session/last-resort.ts';
import { unexplainedReport } from '../present/reports.ts';
import { inSnapshotTurn, SNAPSHOT_TURN_MS } from './snapshot-turn.ts';
import { cli, isAlive, type RunningServer, startServer } from './processes.ts';

// What `--snapshot auto` does once a watch has ended with a leak that nothing explains: here of a process that is really there,
// after a watch that was not, since that takes half a minute. The last test has both.

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

function afterWatch(maxPauseMs: number): Promise<Report> {
  const watched = unexplainedReport();
  const report = { ...watched, target: { ...watched.target, pid: server.pid } };
  const fileFor = (pid: number): string => join(folder, `${pid}.heapsnapshot`);
  return inSnapshotTurn(() =>
    withLastResort(report, { fileFor, maxPauseMs }, new AbortController().signal, () => undefined),
  );
}

/** It is there, its owner's alone, whole and redacted; and the program goes on. */
async function expectSnapshot(report: Report): Promise<void> {
  expect(findReportProblem(report)).toBe(null);
  const { taken, predicted, refusal } = report.snapshot ?? { taken: null, predicted: null, refusal: '' };
  expect(refusal).toBe(null);
  const file = readFileSync(taken?.file ?? '');
  expect(statSync(taken?.file ?? '').mode & 0o777).toBe(0o600);
  expect(file.length).toBe(taken?.fileBytes);
  const { snapshot, nodes, strings } = JSON.parse(file.toString('latin1')) as {
    snapshot: { node_count: number; meta: { node_fields: string[] } };
    nodes: number[];
    strings: string[];
  };
  expect(snapshot.node_count).toBe(taken?.nodes);
  // What the program keeps is hidden, who keeps it is not.
  expect(strings.filter((string) => /^word \d+ \d+$/.test(string))).toEqual([]);
  expect(strings).toContain('Lease');
  // What is kept alive is nearly all that there is, and the leases are kept by what they are registered with.
  const tree = taken?.tree;
  const fields = snapshot.meta.node_fields;
  let selfBytes = 0;
  for (let at = fields.indexOf('self_size'); at < nodes.length; at += fields.length)
    selfBytes += nodes[at] ?? 0;
  expect(tree?.retainedBytes).toBeGreaterThan(0.9 * selfBytes);
  expect(tree?.retainedBytes).toBeLessThanOrEqual(selfBytes);
  // The cells of a registry are a list; that must not be all that is seen.
  expect(tree?.tiles.length).toBeGreaterThan(3);
  expect(JSON.stringify(tree)).toContain('FinalizationRegistry');
  expect(JSON.stringify(tree)).not.toMatch(/word \d+ \d+/);
  expect(predicted?.objects).toBeGreaterThan(0.5 * snapshot.node_count);
  expect(report.cost.snapshotTaken).toBe(true);
  expect(report.cost.longestPauseMs).toBeGreaterThanOrEqual(taken?.pauseMs ?? Infinity);
  expect(report.cost.totalMsByWork.snapshot).toBe(taken?.pauseMs);
  expect(isAlive(server.pid)).toBe(true);
  expect((await fetch(`http://127.0.0.1:${server.port}/`)).ok).toBe(true);
}

const turn = { timeout: SNAPSHOT_TURN_MS };

test(
  'a redacted snapshot is taken, and the report has the file, what was predicted and what it cost',
  turn,
  async () => {
    const report = await afterWatch(60_000);
    await expectSnapshot(report);
    expect(readdirSync(folder)).toEqual([`${server.pid}.heapsnapshot`, `${server.pid}.scripts.json`]);
  },
);

test(
  'behind the same check: a pause that is not allowed is refused in words, and nothing is taken',
  turn,
  async () => {
    const report = await afterWatch(40);
    expect(findReportProblem(report)).toBe(null);
    expect(report.snapshot).toMatchObject({
      taken: null,
      predicted: { objects: expect.any(Number) as number },
    });
    expect(report.snapshot?.refusal).toMatch(/would stop the program for up to .+, and 40 ms are allowed/);
    expect(report.cost).toEqual(unexplainedReport().cost);
    expect(readdirSync(folder)).toEqual([]);
  },
);

// No walk can see what a registry holds, and somebody else samples the allocations.
test('--snapshot auto of a leak that nothing explains', turn, async () => {
  // Beside other tests the machine is slow, and what is predicted long.
  const pause = ['--max-pause', '120000'];
  const watch = ['--for', '2m', '--quiet', '--snapshot', 'auto', '--json', 'report.json', ...pause];
  const { code, stdout } = await inSnapshotTurn(() =>
    cli([String(server.pid), ...watch], {}, { cwd: folder }),
  );
  const report = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')) as Report;
  expect([code, report.verdict.kind, report.account?.sufficient]).toEqual([1, 'leaking', false]);
  await expectSnapshot(report);
  expect(stdout.replace(/\s+/g, ' ')).toContain(`snapshot ${report.snapshot?.taken?.file.split('/').at(-1)}`);
});
