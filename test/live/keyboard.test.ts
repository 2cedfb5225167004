import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { childrenOf, type RunningServer, startServer } from './processes.ts';
import { inSnapshotTurn, SNAPSHOT_TURN_MS } from './snapshot-turn.ts';
import { atTerminal, type Terminal } from './terminal.ts';

const folder = mkdtempSync(join(tmpdir(), 'leakline-keyboard-'));
let server: RunningServer;
beforeAll(async () => {
  server = await startServer(fileURLToPath(new URL('./servers/plain.mjs', import.meta.url)));
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

const open: Terminal[] = [];
afterEach(() => {
  for (const terminal of open.splice(0)) terminal.child.kill('SIGKILL');
});

describe('a watch at a terminal', () => {
  test('names its keys, and q ends it with the answer so far', async () => {
    const terminal = watchAt();
    // While it still looks for a way in there is no answer yet.
    await terminal.shows(/p pause .*q quit[\s\S]*rss \d/);
    terminal.type('q');
    await terminal.ends('130');
    expect(terminal.text()).toMatch(/INCONCLUSIVE|STEADY/);
    expectOwnMode(terminal);
  });

  test("with --ui the page stays after the answer until Ctrl-C, below its address, and the exit code is the answer's", async () => {
    const terminal = atTerminal(['node', 'dist/cli.js', String(server.pid), '--ui', '--for', '3s']);
    open.push(terminal);
    await terminal.shows(/The page stays until Ctrl-C/);
    const url = /http:\/\/127\.0\.0\.1:\d+\/\S*/.exec(terminal.text())?.[0] ?? '';
    // A line a second would have it out of sight; the token is not used up by asking for nothing.
    expect(terminal.text().split('\n').length).toBeLessThan(24);
    expect((await fetch(new URL('/nothing', url))).status).toBeGreaterThanOrEqual(400);
    terminal.type('\u0003');
    await terminal.ends('3');
  });

  test('Ctrl-C ends it as it does everywhere', async () => {
    const terminal = watchAt();
    await terminal.shows(/q quit/);
    terminal.type('\u0003');
    await terminal.ends('130');
    expectOwnMode(terminal);
  });

  test('a crash of leakline gives the terminal back, and its words are not lost with the screen', async () => {
    const crash = "data:text/javascript,process.on('SIGUSR2',()=>{throw new Error('boom')})";
    const terminal = watchAt({ nodeArgs: ['--import', crash] });
    await terminal.shows(/q quit/);
    const [shell = 0] = childrenOf(terminal.child.pid ?? 0);
    for (const pid of childrenOf(shell)) process.kill(pid, 'SIGUSR2');
    await terminal.ends('2');
    const [, afterScreen = ''] = terminal.text().split('\u001b[?1049l');
    expect(afterScreen).toContain('boom');
    expectOwnMode(terminal);
  });

  test('whose input comes from elsewhere reads no keys, and leaves the terminal in its mode', async () => {
    const terminal = watchAt({ input: '< /dev/null', args: ['--for', '4s'] });
    await terminal.shows(/Ctrl-C stops/);
    await terminal.ends('[013]');
    expect(terminal.text()).not.toContain('q quit');
    expectOwnMode(terminal);
  });

  test.runIf(process.platform === 'linux')(
    's and y take a guarded snapshot, which the report tells of',
    { timeout: SNAPSHOT_TURN_MS },
    async () => {
      const json = join(folder, 'report.json');
      const terminal = watchAt({ args: ['--json', json] });
      await terminal.shows(/s snapshot/);
      terminal.type('s');
      await terminal.shows(/A heap snapshot of process \d+\?/);
      expect(snapshots()).toEqual([]);
      await inSnapshotTurn(async () => {
        terminal.type('y');
        await terminal.shows(/: taken/);
      });
      terminal.type('q');
      await terminal.ends('130');
      expect(snapshots()).toHaveLength(1);
      expect(terminal.text()).toContain('A heap snapshot was taken on request');
      expect(terminal.text()).toMatch(/snapshot: .*\.heapsnapshot/);
    },
  );
});

function snapshots(): string[] {
  return readdirSync(folder).filter((name) => name.endsWith('.heapsnapshot'));
}

/** Echo, whole lines, and signals for Ctrl-C. */
function expectOwnMode(terminal: Terminal): void {
  const [, modes = ''] = terminal.text().split('CODE');
  expect(modes).toMatch(/\sisig\s/);
  expect(modes).toMatch(/\sicanon\s/);
  expect(modes).toMatch(/\secho\s/);
}

function watchAt(
  options: {
    readonly nodeArgs?: readonly string[];
    readonly args?: readonly string[];
    readonly input?: string;
  } = {},
): Terminal {
  const words = [
    process.execPath,
    ...(options.nodeArgs ?? []),
    resolve('dist/cli.js'),
    String(server.pid),
    '--until',
    'end',
    ...(options.args ?? []),
  ];
  const terminal = atTerminal(words, { cwd: folder, redirection: options.input ?? '' });
  open.push(terminal);
  return terminal;
}
