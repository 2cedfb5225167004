import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { inSnapshotTurn, SNAPSHOT_TURN_MS } from './snapshot-turn.ts';
import { Emulator } from '../present/tui/emulator.ts';
import { childrenOf, commandOf, isAlive, until } from './processes.ts';
import { atTerminal, type Terminal } from './terminal.ts';

const folder = mkdtempSync(join(tmpdir(), 'leakline-strip-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const open: Terminal[] = [];
afterEach(() => {
  for (const terminal of open.splice(0)) terminal.child.kill('SIGKILL');
});

describe.runIf(process.platform === 'linux')('leakline run at a terminal', () => {
  test('prints between the writes of the program, whose bytes are all there, unchanged and in order', async () => {
    const alone = at([process.execPath, program('printing')]);
    await alone.ends('7');
    const shared = run(program('printing'));
    await shared.ends('7');
    const both = recorded(shared);
    const frames = [...both.matchAll(FRAME)];
    // One a second, and it prints for more than five; then the strip was taken away, and then came the answer.
    expect(frames.length).toBeGreaterThan(3);
    expect([...both.matchAll(new RegExp(REMOVAL, 'g'))]).toHaveLength(1);
    expect(ofProgram(both)).toBe(ofProgram(recorded(alone)));
    const [, answer = ''] = both.split(REMOVAL);
    expect(answer).toContain('INCONCLUSIVE');
  });

  test('shows the watch below what the program prints, and leaves nothing of it', async () => {
    const terminal = run(program('printing'), ['ask']);
    await terminal.shows(/NO VERDICT YET/);
    const during = await seen(terminal);
    expect(during.screen[15]).toMatch(/^── leakline · node printing\.mjs ask /);
    expect(during.screen[16]).toContain('NO VERDICT YET');
    // Asked for a name, the program reads key by key: from then on the terminal is all its own.
    await terminal.shows(/name\? /);
    await until(() => recorded(terminal).includes(REGION_REMOVAL));
    const before = frameCount(terminal);
    await new Promise((done) => setTimeout(done, 2500));
    expect(frameCount(terminal)).toBe(before);
    terminal.type('Ann\r');
    await terminal.ends('7');
    expect(frameCount(terminal)).toBeGreaterThan(before);
    expect(terminal.text()).toContain('hello Ann');
    const after = await seen(terminal);
    expect(after.everything.filter((line) => line.startsWith('──'))).toEqual([]);
    await after.write('\r\n'.repeat(30));
    expect(after.screen.join('')).toBe('');
  });

  test('follows the size of the terminal, and gives way where that becomes too small', async () => {
    const terminal = run(program('idle'), ['20000']);
    await terminal.shows(/NO VERDICT YET/);
    const device = readlinkSync(`/proc/${leaklineOf(terminal)}/fd/1`);
    const resize = (columns: number, rows: number): void =>
      void spawnSync('stty', ['-F', device, 'rows', String(rows), 'cols', String(columns)]);
    resize(120, 40);
    await until(() => recorded(terminal).includes('\u001b[1;24r'));
    expect(recorded(terminal)).toContain('\u001b[1;24r');
    resize(70, 18);
    // All rows scroll again, and what was there is erased from the cursor on.
    const erased = `${REGION_REMOVAL}\u001b7\u001b[0m\u001b[J\u001b8`;
    await until(() => recorded(terminal).endsWith(erased));
    expect(recorded(terminal).endsWith(erased)).toBe(true);
    const frames = frameCount(terminal);
    resize(80, 24);
    await until(() => frameCount(terminal) > frames);
    expect(frameCount(terminal)).toBeGreaterThan(frames);
    terminal.type('\u0003');
    await terminal.ends('130');
  });

  test('gives the terminal back when it crashes, before it says why', async () => {
    const crash = "data:text/javascript,process.on('SIGUSR2',()=>{throw new Error('boom')})";
    const terminal = run(program('idle'), ['20000'], { nodeArgs: ['--import', crash] });
    await terminal.shows(/NO VERDICT YET/);
    process.kill(leaklineOf(terminal), 'SIGUSR2');
    await terminal.ends('2');
    const [, afterRemoval = ''] = recorded(terminal).split(REMOVAL);
    expect(afterRemoval).toContain('boom');
    expect((await seen(terminal)).everything.filter((line) => line.startsWith('──'))).toEqual([]);
  });

  test('gives it back when it is killed, by a guard that then ends too', async () => {
    const terminal = run(program('idle'), ['20000']);
    await terminal.shows(/NO VERDICT YET[^]*NO VERDICT YET/);
    const pid = leaklineOf(terminal);
    const guard = childrenOf(pid).find((child) => commandOf(child).includes('stty')) ?? 0;
    expect(isAlive(guard)).toBe(true);
    process.kill(pid, 'SIGKILL');
    await terminal.ends('137');
    await until(() => !isAlive(guard));
    expect(isAlive(guard)).toBe(false);
    expect(recorded(terminal)).toMatch(REMOVAL);
    const after = await seen(terminal);
    expect(after.everything.filter((line) => line.startsWith('──'))).toEqual([]);
  });

  test('Ctrl-C ends the program as without leakline, and the answer follows', async () => {
    const terminal = run(program('idle'), ['20000']);
    await terminal.shows(/NO VERDICT YET/);
    terminal.type('\u0003');
    await terminal.ends('130');
    const [, answer = ''] = recorded(terminal).split(REMOVAL);
    expect(answer).toContain('INCONCLUSIVE');
  });

  test('draws nothing where it is asked not to or can not', async () => {
    const cases = [
      ['--quiet', { args: ['--quiet'] }],
      ['TERM=dumb', { env: { TERM: 'dumb' } }],
      ['CI', { env: { CI: 'true' } }],
      ['a terminal that is too narrow', { size: [79, 24] }],
      ['a terminal that is too low', { size: [80, 19] }],
      ['standard error elsewhere', { redirection: `2> ${join(folder, 'error')}` }],
    ] as const;
    // Each only waits for its program; all at once it is the time of one.
    await Promise.all(
      cases.map(async ([name, options]) => {
        const terminal = run(program('idle'), ['3000'], options);
        await terminal.ends('0');
        expect(recorded(terminal), name).not.toContain('\u001b');
        expect(terminal.text(), name).toContain('INCONCLUSIVE');
      }),
    );
  });

  test('whose output goes to a file tells the progress in lines, as ever', async () => {
    const file = join(folder, 'output');
    const terminal = run(program('idle'), ['3000'], { redirection: `> ${file}` });
    await terminal.ends('0');
    expect(terminal.text()).toMatch(/1 s {2}rss .*NO VERDICT YET/);
    expect(recorded(terminal)).not.toContain('\u001b');
    expect(readFileSync(file, 'utf8')).toContain('INCONCLUSIVE');
  });
});

describe.runIf(process.platform === 'linux')('the keys of a program that reads none', () => {
  test('open the finding and close it, and Ctrl-C ends the program as ever', async () => {
    // It ends with Ctrl-C.
    const terminal = run(program('leaking-program'), ['100000']);
    await terminal.shows(/f open finding/);
    expect((await seen(terminal)).screen[23]).toMatch(
      /^p pause {3}f open finding {3}(?:s snapshot {3})?q strip away$/,
    );
    terminal.type('f');
    await terminal.shows(/finding 1 of 1/);
    await terminal.shows(/esc back/);
    const opened = await seen(terminal);
    expect(opened.screen[16]).toMatch(/^LEAKING .*finding 1 of 1, lines 1 to 6 of \d+$/);
    expect(opened.screen.slice(17).join('\n')).toContain('leaking-program.mjs:2');
    terminal.type('\u001b[B');
    await terminal.shows(/lines 2 to 7 of/);
    terminal.type('\u001b');
    await until(() => /f open finding[^]{0,80}$/.test(terminal.text()));
    expect((await seen(terminal)).screen[23]).toContain('f open finding');
    terminal.type('\u0003');
    // A leak was found.
    await terminal.ends('1');
    expectSameMode(terminal);
  });

  test('hold the picture, and let go', async () => {
    const terminal = run(program('idle'), ['60000']);
    await terminal.shows(/p pause/);
    terminal.type(' ');
    await terminal.shows(/PAUSED, the watch goes on/);
    const [held] = (await seen(terminal)).screen.slice(15);
    await new Promise((done) => setTimeout(done, 2500));
    expect((await seen(terminal)).screen[15]).toBe(held);
    terminal.type(' ');
    await until(() => /p pause[^]{0,80}$/.test(terminal.text()));
    expect((await seen(terminal)).screen[15]).not.toContain('PAUSED');
    terminal.type('\u0003');
    await terminal.ends('130');
    expectSameMode(terminal);
  });

  test('take the strip away: the program and the watch go on, and the answer follows', async () => {
    const terminal = run(program('idle'), ['9000']);
    await terminal.shows(/q strip away/);
    terminal.type('q');
    await until(() => REMOVAL.test(recorded(terminal)));
    const frames = frameCount(terminal);
    await terminal.ends('0');
    expect(frameCount(terminal)).toBe(frames);
    const [, answer = ''] = recorded(terminal).split(REMOVAL);
    expect(answer).toContain('INCONCLUSIVE');
    expectSameMode(terminal);
  });

  test('take a guarded snapshot, whose file is named at the end', { timeout: SNAPSHOT_TURN_MS }, async () => {
    const terminal = run(program('idle'), ['600000'], { cwd: folder });
    await terminal.shows(/s snapshot/);
    terminal.type('s');
    await terminal.shows(/A heap snapshot of process \d+\?/);
    expect((await seen(terminal)).screen[23]).toBe('y take it   esc leave it   q strip away');
    await inSnapshotTurn(async () => {
      terminal.type('y');
      await terminal.shows(/: taken/);
    });
    terminal.type('\u0003');
    await terminal.ends('130');
    const [, answer = ''] = recorded(terminal).split(REMOVAL);
    const [, file = ''] = /snapshot: (.*\.heapsnapshot)/.exec(answer) ?? [];
    expect(readFileSync(resolve(folder, file), 'latin1').slice(0, 12)).toBe('{"snapshot":');
  });

  test('are given back when it is stopped, and taken again when it goes on', async () => {
    const words = ['run', '--until', 'end', '--', process.execPath, program('idle'), '60000'];
    const command = [process.execPath, resolve('dist/cli.js'), ...words].map((word) => `'${word}'`).join(' ');
    const terminal = at(['bash', '-c', `set -m; ${command}; echo "STOPPED $(stty -g)"; sleep 1; fg`]);
    await terminal.shows(/p pause/);
    terminal.type('\u001a');
    await terminal.shows(/STOPPED/);
    const [, stopped] = /STOPPED (\S+)/.exec(terminal.text()) ?? [];
    expect(stopped).toBe(terminal.modes()[0]);
    await until(() => /STOPPED[^]*p pause/.test(terminal.text()));
    expect(terminal.text()).toMatch(/STOPPED[^]*p pause/);
    terminal.type('\u0003');
    await terminal.ends('130');
    expectSameMode(terminal);
  });

  test('are given back when it is killed', async () => {
    const terminal = run(program('idle'), ['60000'], { redirection: '; sleep 1' });
    await terminal.shows(/p pause/);
    const children = childrenOf(leaklineOf(terminal));
    process.kill(leaklineOf(terminal), 'SIGKILL');
    await terminal.ends('0');
    expectSameMode(terminal);
    for (const child of children) if (commandOf(child).includes('idle')) process.kill(child, 'SIGKILL');
  });

  test('are its own from the moment on that it reads a line, in a terminal that is as ever', async () => {
    const terminal = run(program('late-question'), ['6000']);
    await terminal.shows(/p pause/);
    terminal.type('p');
    await terminal.shows(/PAUSED/);
    await terminal.shows(/QUESTION/);
    expect(terminal.text()).toContain('QUESTION icanon echo\r');
    await until(() => !/p (?:pause|go on)[^]{0,80}$/.test(terminal.text()));
    expect((await seen(terminal)).screen[23]).not.toContain('pause');
    terminal.type('fsq yes\r');
    await terminal.ends('7');
    expect(terminal.text()).toContain('HEARD "fsq yes\\n"');
    expectSameMode(terminal);
  });

  test('stay its own if it reads from the first moment on, each byte of them', async () => {
    const terminal = run(program('typing'));
    terminal.type('early ');
    await terminal.shows(/TYPE/);
    const typed = ['f', 's', 'q', ' ', '\u001b[A', '\u001b', 'y', 'i', '\u00e4', 'p', '\r', '\t'];
    for (const key of typed) {
      terminal.type(key);
      await new Promise((done) => setTimeout(done, 500));
    }
    terminal.type('Z');
    await terminal.ends('0');
    const [, given = ''] = /GIVEN (\S+)/.exec(terminal.text()) ?? [];
    expect(
      Buffer.from(given, 'hex')
        .toString()
        .replace(/^early /, ''),
    ).toBe(`${typed.join('')}Z`);
    expect(terminal.text()).not.toContain('strip away');
    expectSameMode(terminal);
  });

  test("are nobody's where its input comes from elsewhere", async () => {
    const terminal = run(program('idle'), ['6000'], { redirection: '< /dev/null' });
    await terminal.ends('0');
    expect(frameCount(terminal)).toBeGreaterThan(3);
    expect(terminal.text()).not.toContain('strip away');
    expectSameMode(terminal);
  });
});

/** Whatever happened in between. */
function expectSameMode(terminal: Terminal): void {
  const [before, after] = terminal.modes();
  expect(after).toBe(before);
}

// As strip-frame.ts writes them, each in one write.
const FRAME =
  // oxlint-disable-next-line no-control-regex
  /\u001b7\u001b\[r\u001b8(?:\u001b7\u001b\[0m\u001b\[J\u001b8)?(?:\u001bD)+\u001b\[\d+A\u001b7\u001b\[1;\d+r\u001b\[0m(?:\u001b\[\d+;1H\u001b\[2K[^\u001b]*\u001b\[0m)+\u001b8/g;
// oxlint-disable-next-line no-control-regex
const REMOVAL = /\u001b7\u001b\[r\u001b\[0m\u001b\[\d+;1H\u001b\[J\u001b8/;
const REGION_REMOVAL = '\u001b7\u001b[r\u001b8';

/** What is left of a recording without leakline's own writes, as far as the program went. */
function ofProgram(bytes: string): string {
  const [printed = ''] = bytes.replaceAll(FRAME, '').replaceAll('\0', '').split('THE PROGRAM IS OVER');
  return printed.replaceAll(new RegExp(REMOVAL, 'g'), '').replaceAll(REGION_REMOVAL, '');
}

/** Byte by byte. */
function recorded(terminal: Terminal): string {
  return terminal.bytes().toString('latin1');
}

function frameCount(terminal: Terminal): number {
  return [...recorded(terminal).matchAll(FRAME)].length;
}

/** The recording as a terminal shows it. */
async function seen(terminal: Terminal): Promise<Emulator> {
  const emulator = new Emulator(80, 24);
  await emulator.write(terminal.bytes());
  return emulator;
}

function program(name: string): string {
  return fileURLToPath(new URL(`./servers/${name}.mjs`, import.meta.url));
}

function run(
  file: string,
  programArgs: readonly string[] = [],
  options: {
    readonly nodeArgs?: readonly string[];
    readonly args?: readonly string[];
    readonly size?: readonly [number, number];
    readonly env?: NodeJS.ProcessEnv;
    readonly redirection?: string;
    readonly cwd?: string;
  } = {},
): Terminal {
  const { nodeArgs = [], args = [], ...rest } = options;
  const cli = [process.execPath, ...nodeArgs, resolve('dist/cli.js'), 'run', '--until', 'end', ...args];
  return at([...cli, '--', process.execPath, file, ...programArgs], rest);
}

function at(...args: Parameters<typeof atTerminal>): Terminal {
  const terminal = atTerminal(...args);
  open.push(terminal);
  return terminal;
}

function leaklineOf(terminal: Terminal): number {
  const [shell = 0] = childrenOf(terminal.child.pid ?? 0);
  return childrenOf(shell).find((pid) => commandOf(pid).includes('cli.js')) ?? 0;
}
