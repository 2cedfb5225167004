/**
 * From the command to the first picture: `leakline PID` on a terminal of its own, beside a Node that does nothing, in turns. The
 * first picture stands before anything is known of the process. Processor time is counted as well: other work on the machine
 * lengthens the wait and hardly that. Linux, with `script` of util-linux.
 *
 *     npm run bench -- screen-start [--runs 15]
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { runs: { type: 'string', default: '15' } } });
const runs = Number(values.runs);

const target = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
const screen: Start[] = [];
const bare: Start[] = [];
try {
  for (let run = 0; run < runs; run += 1) {
    bare.push(
      await start([process.execPath, '-e', 'process.stdout.write("x"); setTimeout(() => {}, 1e6)'], /x/),
    );
    screen.push(await start([process.execPath, resolve('dist/cli.js'), String(target.pid)], /leakline \d+/));
  }
} finally {
  target.kill('SIGKILL');
}

process.stdout.write(
  [
    `Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model.trim()}, ${runs} runs each, in turns`,
    '',
    '| until the first picture | fastest | median | processor time, median |',
    '| --- | ---: | ---: | ---: |',
    row('`leakline PID`', screen),
    row('a Node that writes a letter', bare),
    '',
    `Times a bare Node: ${(median(screen.map(({ wallMs }) => wallMs)) / median(bare.map(({ wallMs }) => wallMs))).toFixed(1)} by the clock, ${(median(screen.map(({ cpuMs }) => cpuMs)) / median(bare.map(({ cpuMs }) => cpuMs))).toFixed(1)} by processor time.`,
    '',
  ].join('\n'),
);

type Start = { readonly wallMs: number; readonly cpuMs: number };

async function start(command: readonly string[], shown: RegExp): Promise<Start> {
  const line = `exec ${command.map((word) => `'${word}'`).join(' ')}`;
  const { CI: _, NO_COLOR: __, ...env } = process.env;
  const startedMs = performance.now();
  const child = spawn('script', ['-qec', line, '/dev/null'], {
    env: { ...env, TERM: 'xterm', LANG: 'C.UTF-8', SHELL: '/bin/sh' },
  });
  const ended = new Promise<void>((done) => child.once('close', () => done()));
  const seen = await new Promise<Start>((done, fail) => {
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (shown.test(text)) done({ wallMs: performance.now() - startedMs, cpuMs: cpuMsOf(child) });
    });
    child.once('close', () => fail(new Error(`it ended without a picture: ${text}`)));
  });
  for (const pid of childrenOf(child.pid ?? 0)) process.kill(pid, 'SIGTERM');
  await ended;
  return seen;
}

/** Of all threads of what `script` has started. */
function cpuMsOf(script: ChildProcess): number {
  const nanoseconds = childrenOf(script.pid ?? 0).flatMap((pid) =>
    readdirSync(`/proc/${pid}/task`).map((task) =>
      Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]),
    ),
  );
  return nanoseconds.reduce((sum, each) => sum + each, 0) / 1e6;
}

function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return text === '' ? [] : text.split(' ').map(Number);
}

function row(name: string, starts: readonly Start[]): string {
  const walls = starts.map(({ wallMs }) => wallMs);
  const cells = [Math.min(...walls), median(walls), median(starts.map(({ cpuMs }) => cpuMs))];
  return `| ${name} | ${cells.map((ms) => `${Math.round(ms)} ms`).join(' | ')} |`;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
