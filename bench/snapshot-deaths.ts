import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';

// A snapshot is being taken, and at some moment of it the process is killed, or leakline is, or is stopped for good, or the disk
// is full after so many bytes (as root, who may mount one): `npm run bench -- snapshot-deaths [MOMENTS]`. What must hold: no file under the final name that is not whole, nothing of V8's
// raw text left, a typed error within five seconds where there is somebody to tell, and a process that was not killed goes on.

const moments = Number(process.argv[2] ?? 30);
const LAST_MOMENT_MS = 1500;
const program = `
  globalThis.kept = Array.from({ length: 200000 }, (_, i) => ({ i }));
  require('http').createServer((_, response) => response.end('ok')).listen(0, '127.0.0.1', function () {
    console.log('listening ' + this.address().port);
  });
`;

type Fault = 'process killed' | 'leakline killed' | 'leakline stopped' | 'disk full';
type Outcome = { readonly violations: readonly string[]; readonly told: string };

/** V8's file takes some 25 MB and the one that stays as much. */
const LARGEST_DISK_BYTES = 60_000_000;

async function play(fault: Fault, share: number): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'snapshot-deaths-'));
  const afterMs = share * LAST_MOMENT_MS;
  if (fault === 'disk full') mountDisk(folder, 200_000 + share * LARGEST_DISK_BYTES);
  try {
    return await playIn(folder, fault, afterMs);
  } finally {
    if (fault === 'disk full') execFileSync('umount', [folder]);
    rmSync(folder, { recursive: true, force: true });
  }
}

function mountDisk(folder: string, bytes: number): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${Math.round(bytes)}`, 'leakline-bench', folder]);
}

async function playIn(folder: string, fault: Fault, afterMs: number): Promise<Outcome> {
  const server = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'ignore'] });
  const serverExit = new Promise((resolve) => server.once('exit', resolve));
  const port = await new Promise<string>((resolve) =>
    server.stdout.on('data', (chunk: Buffer) => resolve(/\d+/.exec(chunk.toString())?.[0] ?? '')),
  );
  const out = join(folder, 'heap.heapsnapshot');
  const leakline = spawn(
    process.execPath,
    [
      'dist/cli.js',
      'snapshot',
      String(server.pid),
      '--out',
      out,
      '--max-pause',
      '600000',
      // The check would see that the disk is small.
      ...(fault === 'disk full' ? ['--force'] : []),
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const leaklineExit = new Promise<number | null>((resolve) => leakline.once('close', resolve));
  let stderr = '';
  const capturing = new Promise<void>((resolve) =>
    leakline.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
      if (stderr.includes('stands still\n')) resolve();
    }),
  );
  await Promise.race([capturing, leaklineExit]);
  await sleep(afterMs);
  const violations: string[] = [];
  const answers = async (): Promise<boolean> =>
    fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(60_000) }).then(
      ({ ok }) => ok,
      () => false,
    );
  let told = '';
  const hear = async (): Promise<void> => {
    const code = await leaklineExit;
    told = code === 0 ? 'was done' : (/docs\/errors.md#(\w+)/.exec(stderr)?.[1] ?? `exit ${code}`);
    if (code !== 0 && told.startsWith('exit')) violations.push(stderr.split('\n').at(-3) ?? 'untyped');
  };
  if (fault === 'process killed') {
    const killedAtMs = performance.now();
    server.kill('SIGKILL');
    await hear();
    if (performance.now() - killedAtMs > 5000) violations.push('told later than 5 s');
  } else if (fault === 'disk full') {
    await hear();
    if (!(await answers())) violations.push('the process does not answer');
  } else {
    leakline.kill(fault === 'leakline killed' ? 'SIGKILL' : 'SIGSTOP');
    if (!(await answers())) violations.push('the process does not answer');
    leakline.kill('SIGKILL');
    await leaklineExit;
  }
  // A folder that was made a moment before, with nothing in it yet: the next leakline removes it.
  const isEmptyFolder = (name: string): boolean =>
    name.startsWith('leakline-') &&
    (statSync(join(folder, name, 'heap'), { throwIfNoEntry: false })?.size ?? 0) === 0;
  const files = readdirSync(folder).filter((name) => !name.endsWith('.partial') && !isEmptyFolder(name));
  const isWhole = files.length === 2;
  if (files.length > 0 && !isWhole) violations.push(`left: ${files.join(', ')}`);
  if (told === '' && isWhole) told = 'was done';
  server.kill('SIGKILL');
  await serverExit;
  return { violations, told };
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

const rows: string[] = [];
const faults: Fault[] = ['process killed', 'leakline killed', 'leakline stopped'];
if (process.getuid?.() === 0) faults.push('disk full');
for (const fault of faults) {
  const outcomes: Outcome[] = [];
  // From the moment it is asked for to after the end of a pause of 0.6 s, of an idle machine.
  for (let at = 0; at < moments; at += 1) outcomes.push(await play(fault, at / moments));
  const violations = outcomes.flatMap((outcome) => outcome.violations);
  const tally = new Map<string, number>();
  for (const { told } of outcomes) if (told !== '') tally.set(told, (tally.get(told) ?? 0) + 1);
  const words = [...tally].map(([word, times]) => `${word} ${times}`).join(', ');
  rows.push(
    `| ${fault} | ${moments} | ${words} | ${violations.length} ${[...new Set(violations)].join('; ')} |`,
  );
  console.log(rows.at(-1));
}

const text = [
  '# A snapshot that is interrupted by a death',
  '',
  `\`npm run bench -- snapshot-deaths ${moments}\` on Node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model ?? '?'}), ${new Date().toISOString().slice(0, 10)}. Moments are spread over 1.5 s from the capture's beginning, full disks over 0.2 to 60 MB.`,
  '',
  '| fault | moments | what was told | violations |',
  '| --- | --: | --- | --- |',
  ...rows,
  '',
].join('\n');
mkdirSync('bench/results', { recursive: true });
writeFileSync('bench/results/snapshot-deaths.md', text);
