import { spawn, execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SnapshotAccount } from '../../src/report/snapshot-account.ts';
import { cli, isAlive, type RunningServer, startServer, until } from './processes.ts';

const SERVER = 'test/live/servers/secretive.mjs';
let folder = '';
let running: RunningServer | null = null;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'snapshots-'));
});
afterEach(async () => {
  await running?.stop();
  running = null;
  rmSync(folder, { recursive: true, force: true });
});

async function start(env: NodeJS.ProcessEnv = {}): Promise<RunningServer> {
  running = await startServer(SERVER, { env });
  return running;
}

async function answers({ port }: RunningServer): Promise<boolean> {
  return (await fetch(`http://127.0.0.1:${port}/`)).ok;
}

/** Leaklines of other tests may be at it: those of this file run one after the other. */
function takenFor(pid: number, ...options: string[]): Promise<Awaited<ReturnType<typeof cli>>> {
  return cli([
    'snapshot',
    String(pid),
    '--out',
    join(folder, 'heap.heapsnapshot'),
    '--max-pause',
    '60000',
    ...options,
  ]);
}

describe('a redacted snapshot', () => {
  test('has none of a hundred secrets in any byte, and neither has anything else that was written', async () => {
    // Each looks like a name of code.
    const secrets = Array.from({ length: 100 }, () => `s${randomBytes(9).toString('hex')}`);
    const server = await start({ SECRETS: secrets.join(',') });
    const { code, stdout, stderr } = await takenFor(server.pid, '--json', join(folder, 'account.json'));
    expect(stderr).not.toContain('leakline:');
    expect(code).toBe(0);
    expect(readdirSync(folder).sort()).toEqual(['account.json', 'heap.heapsnapshot', 'heap.scripts.json']);
    const bytes = [
      ...readdirSync(folder).map((name) => readFileSync(join(folder, name), 'latin1')),
      stdout,
      stderr,
    ];
    expect(secrets.filter((secret) => bytes.some((text) => text.includes(secret)))).toEqual([]);
    // Nor is a part of one, as of a longer text that was cut.
    expect(secrets.filter((secret) => bytes.some((text) => text.includes(secret.slice(1, 15))))).toEqual([]);
    expect(statSync(join(folder, 'heap.heapsnapshot')).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'heap.scripts.json')).mode & 0o777).toBe(0o600);

    const snapshot = JSON.parse(readFileSync(join(folder, 'heap.heapsnapshot'), 'utf8')) as {
      strings: string[];
      snapshot: { node_count: number };
    };
    // What a person needs to find the line is there.
    for (const word of ['sessions', 'byToken', 'Account', '#pin', 'waysToKeep', 'system / Context', 'Map'])
      expect(snapshot.strings).toContain(word);
    const account = JSON.parse(readFileSync(join(folder, 'account.json'), 'utf8')) as SnapshotAccount;
    expect(account.nodes).toBe(snapshot.snapshot.node_count);
    expect(account.redacted).toBe(true);
    // V8's count is the snapshot's.
    expect(Math.abs((account.predicted.objects ?? 0) - account.nodes)).toBeLessThan(0.05 * account.nodes);
    const { scripts } = JSON.parse(readFileSync(join(folder, 'heap.scripts.json'), 'utf8')) as {
      scripts: { id: number; url: string }[];
    };
    expect(scripts.map(({ url }) => url.split('/').at(-1))).toContain('secretive.mjs');
    expect(await answers(server)).toBe(true);
  });
  test('raw only where that is asked for, and said', async () => {
    const secret = `s${randomBytes(9).toString('hex')}`;
    const server = await start({ SECRETS: secret });
    const { code, stdout } = await takenFor(server.pid, '--raw');
    expect(code).toBe(0);
    expect(stdout).toContain('RAW');
    expect(readFileSync(join(folder, 'heap.heapsnapshot')).includes(secret)).toBe(true);
  });
});

describe('refused', () => {
  test('where it would stop the program for longer than is allowed, with the figures and the next step', async () => {
    const server = await start();
    const { code, stdout, stderr } = await cli([
      'snapshot',
      String(server.pid),
      '--out',
      join(folder, 'heap.heapsnapshot'),
      '--max-pause',
      '1',
    ]);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/predicted for [\d,]+ objects/);
    expect(stderr.replace(/\s+/g, ' ')).toMatch(
      /would not be safe: it would stop the program for up to .+, and 1 ms are allowed/,
    );
    expect(stderr).toContain('--force');
    expect(readdirSync(folder)).toEqual([]);
    expect(await answers(server)).toBe(true);
  });
  test('not with --force, which says so', async () => {
    const server = await start();
    const { code, stdout, stderr } = await takenFor(server.pid, '--max-pause', '1', '--force');
    expect(code).toBe(0);
    expect(stderr).toContain('forced all the same');
    expect(stdout).toContain('forced:');
  });
  test('where the file is there already, before the process is touched', async () => {
    const server = await start();
    writeFileSync(join(folder, 'heap.heapsnapshot'), 'mine');
    const { code, stderr } = await takenFor(server.pid);
    expect(code).toBe(2);
    expect(stderr).toContain('FILE_EXISTS');
    expect(readFileSync(join(folder, 'heap.heapsnapshot'), 'utf8')).toBe('mine');
    expect(server.stderr()).toBe('');
  });
  test('where a link of that name leads nowhere, likewise', async () => {
    const server = await start();
    symlinkSync(join(folder, 'nowhere'), join(folder, 'heap.heapsnapshot'));
    const { code, stderr } = await takenFor(server.pid);
    expect(code).toBe(2);
    expect(stderr).toContain('FILE_EXISTS');
    expect(existsSync(join(folder, 'nowhere'))).toBe(false);
    expect(server.stderr()).toBe('');
  });
});

describe('whatever happens in the middle, no file is left', () => {
  test('the process is killed: said so, at once', async () => {
    const server = await start({ BALLAST: '300000' });
    const taking = spawnTaking(server.pid);
    await until(() => taking.stderr().includes('taking it'));
    await sleep(150);
    const killedAtMs = performance.now();
    process.kill(server.pid, 'SIGKILL');
    expect(await taking.exited).toBe(2);
    expect(taking.stderr()).toContain('TARGET_GONE');
    expect(performance.now() - killedAtMs).toBeLessThan(5000);
    expect(readdirSync(folder)).toEqual([]);
  });
  test('leakline is killed: the process goes on', async () => {
    const server = await start({ BALLAST: '300000' });
    const taking = spawnTaking(server.pid);
    await until(() => taking.stderr().includes('taking it'));
    await sleep(150);
    process.kill(taking.pid, 'SIGKILL');
    await taking.exited;
    expect(await answers(server)).toBe(true);
    expect(isAlive(server.pid)).toBe(true);
    expect(readdirSync(folder)).toEqual([]);
    // And the next one is not kept out.
    expect((await takenFor(server.pid)).code).toBe(0);
  });
  test('it is interrupted: the process goes on', async () => {
    const server = await start({ BALLAST: '300000' });
    const taking = spawnTaking(server.pid);
    await until(() => taking.stderr().includes('taking it'));
    process.kill(taking.pid, 'SIGINT');
    expect(await taking.exited).toBe(130);
    expect(await answers(server)).toBe(true);
    expect(readdirSync(folder)).toEqual([]);
  });
  test('the process may write no file of that size: it goes on', async () => {
    // In blocks of 512 or 1,024 bytes, as the shell likes.
    const child = spawn('sh', ['-c', `ulimit -f 2000; exec ${process.execPath} ${SERVER}`], {
      env: { ...process.env, PORT: '0' },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let stdout = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    try {
      await until(() => /listening \d+/.test(stdout));
      const { code, stderr } = await takenFor(child.pid ?? 0);
      expect(stderr).toContain('SNAPSHOT_FAILED');
      expect(code).toBe(2);
      expect(readdirSync(folder)).toEqual([]);
      const port = Number(/listening (\d+)/.exec(stdout)?.[1]);
      expect((await fetch(`http://127.0.0.1:${port}/`)).ok).toBe(true);
    } finally {
      child.kill('SIGKILL');
    }
  });
  test.runIf(canMount())('the disk is full: what was written is gone', async () => {
    const disk = join(folder, 'disk');
    mkdirSync(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'leakline-test', disk]);
    try {
      const server = await start();
      const out = join(disk, 'heap.heapsnapshot');
      const refused = await cli(['snapshot', String(server.pid), '--out', out, '--max-pause', '60000']);
      expect(refused.code).toBe(2);
      const { code, stderr } = await cli(['snapshot', String(server.pid), '--out', out, '--force']);
      expect(stderr).toMatch(/CANNOT_WRITE|SNAPSHOT_FAILED/);
      expect(code).toBe(2);
      expect(readdirSync(disk)).toEqual([]);
      expect(await answers(server)).toBe(true);
    } finally {
      execFileSync('umount', [disk]);
    }
  });
});

function canMount(): boolean {
  if (process.getuid?.() !== 0) return false;
  const probe = mkdtempSync(join(tmpdir(), 'mount-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'leakline-test', probe], { stdio: 'ignore' });
    execFileSync('umount', [probe], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  } finally {
    if (existsSync(probe)) rmSync(probe, { recursive: true, force: true });
  }
}

type Taking = { readonly pid: number; readonly exited: Promise<number | null>; stderr(): string };

function spawnTaking(pid: number): Taking {
  const out = join(folder, 'heap.heapsnapshot');
  const child = spawn(
    process.execPath,
    ['dist/cli.js', 'snapshot', String(pid), '--out', out, '--max-pause', '60000'],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return {
    pid: child.pid ?? 0,
    exited: new Promise((resolve) => child.once('close', resolve)),
    stderr: () => stderr,
  };
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
