/**
 * Does what `leakline run` draws below a program ever get between the bytes of one of the program's writes? A program prints on a
 * terminal of its own, as fast as it can or each sequence in two halves, while the strip is drawn fifty times a second and the
 * terminal is read at once or slowly. Without the frames the recording must be what the program prints alone. Linux, with
 * `script` of util-linux.
 *
 *     npm run bench -- strip-writes [--tall]
 *
 * With --tall it is the strip of a terminal of 200×60, else that of 80×24.
 */
import { spawn } from 'node:child_process';
import { constants, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { cpus, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { stripFrame } from '../src/present/tui/strip-frame.ts';

const PROGRAMS: Readonly<Record<string, () => Promise<void> | void>> = {
  lines() {
    for (let line = 0; line < 10_000; line += 1)
      console.log(`\u001b[32m${line}\u001b[39m päth → \u001b[36m200\u001b[39m ${'x'.repeat(line % 90)}`);
  },
  'large writes'() {
    const text = '\u001b[32mlarge\u001b[39m päth → '.repeat(8_000);
    for (let write = 0; write < 20; write += 1) process.stdout.write(text);
  },
  async 'halves of sequences'() {
    for (let step = 0; step < 100; step += 1) {
      process.stdout.write('\u001b[3');
      await pause(7);
      process.stdout.write(`1mred\u001b[39m ${step}\n`);
      await pause(13);
    }
  },
};
const MS_BETWEEN_READS = [0, 2, 10];
const FRAMES_A_SECOND = 50;

const TALL = '--tall';
const isTall = process.argv.includes(TALL);
const { rows, terminalRows, columns } = isTall
  ? { rows: 22, terminalRows: 60, columns: 200 }
  : { rows: 9, terminalRows: 24, columns: 80 };

const [mode, name = '', report = ''] = process.argv.slice(2).filter((word) => word !== TALL);
if (mode === '--print') await PROGRAMS[name]?.();
else if (mode === '--paint') await paint();
else await measure();

async function measure(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'leakline-strip-'));
  const table: string[] = [];
  try {
    for (const program of Object.keys(PROGRAMS)) {
      const alone = await recorded(['--print', program], 0);
      for (const betweenMs of MS_BETWEEN_READS) {
        const file = join(folder, 'tries');
        const both = await recorded(['--paint', program, file], betweenMs);
        const { rest, at } = withoutFrames(both);
        const tries = Number(readFileSync(file, 'utf8'));
        const inside = at.filter((place) => isInside(alone, place)).length;
        const cells = [
          program,
          `${betweenMs} ms`,
          at.length,
          tries - at.length,
          rest === alone ? 'the same' : 'OTHERS',
          inside,
        ];
        table.push(`| ${cells.join(' | ')} |`);
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  process.stdout.write(
    [
      `Node ${process.versions.node}, Linux ${release()}, ${cpus().length} × ${cpus()[0]?.model.trim()}, ${FRAMES_A_SECOND} tries a second, frames of ${Buffer.byteLength(frame(0))} bytes`,
      '',
      '| the program prints | between reads of 4 KB | frames | given up | bytes without them | within a sequence or letter |',
      '| --- | ---: | ---: | ---: | --- | ---: |',
      ...table,
      '',
    ].join('\n'),
  );
}

/** Starts the program, and draws as `live-strip.ts` does until that has ended. */
async function paint(): Promise<void> {
  const child = spawn(process.execPath, [ownFile(), '--print', name], { stdio: 'inherit' });
  const ended = new Promise((done) => child.once('exit', done));
  const frames = openSync('/proc/self/fd/1', constants.O_WRONLY | constants.O_NOCTTY);
  const probe = openSync('/proc/self/fd/1', constants.O_WRONLY | constants.O_NOCTTY | constants.O_NONBLOCK);
  let tries = 0;
  let drawn = 0;
  const timer = setInterval(() => {
    tries += 1;
    try {
      writeSync(probe, '\0');
    } catch {
      return;
    }
    writeSync(frames, frame(drawn));
    drawn += 1;
  }, 1000 / FRAMES_A_SECOND);
  await ended;
  clearInterval(timer);
  writeFileSync(report, String(tries));
}

function frame(number: number): string {
  const dots = '⣿'.repeat(columns - 20);
  const lines = Array.from({ length: rows }, (_, row) => `frame ${number} row ${row} ${dots}`);
  return stripFrame(lines, { rows, terminalRows }, { displaced: false });
}

/** Each frame is known, so that nothing but itself is taken out; and where in the rest it stood. */
function withoutFrames(both: string): { readonly rest: string; readonly at: readonly number[] } {
  let rest = '';
  let from = 0;
  const at: number[] = [];
  for (let number = 0; ; number += 1) {
    const text = Buffer.from(frame(number)).toString('latin1');
    const begin = both.indexOf(text, from);
    if (begin === -1) break;
    rest += both.slice(from, begin).replaceAll('\0', '');
    at.push(rest.length);
    from = begin + text.length;
  }
  return { rest: rest + both.slice(from).replaceAll('\0', ''), at };
}

function isInside(bytes: string, place: number): boolean {
  const before = bytes.slice(Math.max(0, place - 8), place);
  const after = bytes.charCodeAt(place);
  // oxlint-disable-next-line no-control-regex
  return /\u001b(?:\[[0-9;]*)?$/.test(before) || (after >= 0x80 && after < 0xc0);
}

/** Byte by byte. */
async function recorded(args: readonly string[], betweenMs: number): Promise<string> {
  const words = [process.execPath, ownFile(), ...args, ...(isTall ? [TALL] : [])]
    .map((word) => `'${word}'`)
    .join(' ');
  const child = spawn(
    'script',
    ['-qec', `stty rows ${terminalRows} cols ${columns}; exec ${words}`, '/dev/null'],
    {
      env: { ...process.env, TERM: 'xterm', SHELL: '/bin/sh' },
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  const chunks: Buffer[] = [];
  for await (const chunk of child.stdout) {
    chunks.push(chunk as Buffer);
    // A pipe gives more at once than a terminal would.
    if (betweenMs > 0) await pause((betweenMs * (chunk as Buffer).length) / 4096);
  }
  return Buffer.concat(chunks).toString('latin1');
}

function ownFile(): string {
  return fileURLToPath(import.meta.url);
}
