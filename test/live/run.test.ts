import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { installedNodes, majorOf } from '../../bench/lib/nodes.ts';
import type { Report } from '../../src/report/schema.ts';
import { cli } from './processes.ts';

const file = join(tmpdir(), `leakline-run-${process.pid}.json`);
afterAll(() => rmSync(file, { force: true }));

function program(name: string): string {
  return fileURLToPath(new URL(`./servers/${name}.mjs`, import.meta.url));
}

describe('leakline run', () => {
  test("passes the program's output and exit code on, and adds nothing to either", async () => {
    const alone = spawnSync(process.execPath, [program('environment')], { encoding: 'utf8' });
    const watched = await cli([
      'run',
      '--quiet',
      '--json',
      file,
      '--',
      process.execPath,
      program('environment'),
    ]);
    expect(watched.code).toBe(alone.status);
    expect(watched.code).toBe(5);
    // What the program printed: its environment, its flags and those of a child it starts.
    expect(watched.stdout.startsWith(alone.stdout)).toBe(true);
    expect(watched.stderr).toBe(alone.stderr);
  });

  test('names the line of a program that leaks, and says 1', async () => {
    const { code, stdout } = await cli([
      'run',
      '--json',
      file,
      '--',
      process.execPath,
      program('leaking-program'),
    ]);
    const report = JSON.parse(readFileSync(file, 'utf8')) as Report;
    const lines = readFileSync(program('leaking-program'), 'utf8').split('\n');
    expect(report.verdict.kind).toBe('leaking');
    expect(report.findings[0]?.heldBy.name).toBe('answers');
    expect(report.findings[0]?.heldBy.location?.line).toBe(
      lines.findIndex((line) => line.includes('^^ held by')),
    );
    expect(report.findings[0]?.addedAt?.location.line).toBe(
      lines.findIndex((line) => line.includes('^^ added at')),
    );
    // The walks counted it, ever more.
    const [counted] = report.containers;
    expect([counted?.name, counted?.type]).toEqual(['answers', 'Map']);
    const sizes = counted?.counts.map(({ size }) => size) ?? [];
    expect(sizes.length).toBeGreaterThan(1);
    expect(sizes).toEqual([...sizes].sort((a, b) => a - b));
    expect(stdout).toContain('LEAKING');
    expect(code).toBe(1);
  });

  // What each Node lets a program under --permission do, measured: 22 and 24 open sockets, 26 does not.
  test.each(installedNodes().filter(({ version }) => majorOf(version) >= 22))(
    'judges memory alone under the permission model, or says why not: Node $version',
    async ({ version, path }) => {
      const options = ['--permission', `--allow-fs-read=${program('idle')}`];
      const args = ['run', '--quiet', '--json', file, '--', path, ...options];
      const { code, stderr } = await cli([
        ...args,
        program('idle'),
        majorOf(version) >= 26 ? '13000' : '9000',
      ]);
      if (majorOf(version) >= 26) {
        expect(stderr).toContain("runs under Node's permission model");
        expect(code).toBe(0);
        return;
      }
      const report = JSON.parse(readFileSync(file, 'utf8')) as Report;
      expect(report.series.floor.length).toBeGreaterThan(0);
      expect(report.notes).toEqual([expect.stringContaining('Metrics only')]);
    },
  );

  test.each(installedNodes())(
    'starts what has the permission model and no script, Node $version',
    async ({ version, path }) => {
      const option = majorOf(version) === 20 ? '--experimental-permission' : '--permission';
      const { code, stdout } = await cli(['run', '--quiet', '--', path, option, '-p', '6 * 7']);
      expect(stdout.split('\n')[0]).toBe('42');
      expect(code).not.toBe(2);
    },
  );

  test('a command that does not exist is named', async () => {
    const { code, stderr } = await cli(['run', '--', 'no-such-command-here']);
    expect(code).toBe(2);
    expect(stderr).toContain('The program could not be started: no-such-command-here');
  });
});
