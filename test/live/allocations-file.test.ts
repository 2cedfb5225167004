import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Profile } from 'pprof-format';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { majorOf } from '../../bench/lib/nodes.ts';
import type { Report } from '../../src/report/schema.ts';
import { cli, isAlive, type RunningServer, startServer } from './processes.ts';

// `--allocations FILE` of a process that does not leak, of which the watch itself needs no samples.

let folder = '';
let server: RunningServer;
let busy: NodeJS.Timeout;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'allocations-'));
  server = await startServer('test/live/servers/plain.mjs');
  // So that something is allocated in the window.
  busy = setInterval(() => {
    fetch(`http://127.0.0.1:${server.port}/`).then(
      (response) => response.text(),
      () => undefined,
    );
  }, 10);
});
afterAll(async () => {
  clearInterval(busy);
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('--allocations', () => {
  test('writes a file that pprof reads, for its owner alone, over the one before', async () => {
    const file = join(folder, 'heap.pb.gz');
    writeFileSync(file, 'the one before', { mode: 0o644 });
    const json = join(folder, 'report.json');
    const { code, stderr } = await cli([
      String(server.pid),
      '--for',
      '4s',
      '--allocations',
      file,
      '--json',
      json,
    ]);
    // What it cost is in the report, although the watch was over.
    const { cost } = JSON.parse(readFileSync(json, 'utf8')) as Report;
    expect(cost.totalMsByWork).toHaveProperty('allocations');
    rmSync(json);
    expect(stderr).not.toContain('No profile');
    expect([0, 3]).toContain(code);
    const profile = Profile.decode(gunzipSync(readFileSync(file)));
    expect(profile.sample.length).toBeGreaterThan(0);
    expect(profile.stringTable.strings.join(' ')).toContain('node:');
    // What leakline did in the process meanwhile is not the program's.
    const text = (index: number | bigint): string => profile.stringTable.strings[Number(index)] ?? '';
    const ofNoFile = profile.function.filter(({ filename }) => text(filename) === '');
    expect(ofNoFile.map(({ name }) => text(name)).filter((name) => name.startsWith('#'))).toEqual([]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['heap.pb.gz']);
    expect(isAlive(server.pid)).toBe(true);
  });
  // Node 26 reads a profile without a collection.
  test.skipIf(majorOf(process.version) >= 26)('says why there is none', async () => {
    const file = join(folder, 'none.heapprofile');
    // Elsewhere it takes one, and longer than a thousandth of a millisecond.
    const { code, stderr } = await cli([
      String(server.pid),
      '--for',
      '4s',
      '--max-pause',
      '0.001',
      '--allocations',
      file,
    ]);
    expect([0, 3]).toContain(code);
    expect(stderr).toContain(`No profile of allocations was written to ${file}: reading it takes a full`);
    expect(existsSync(file)).toBe(false);
  });
  test('of an unknown format is said before the process is touched', async () => {
    const { code, stderr } = await cli([String(server.pid), '--allocations', 'heap.json']);
    expect(code).toBe(2);
    expect(stderr).toContain('.speedscope.json');
  });
});
