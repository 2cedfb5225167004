import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Comparison, ReportLocation } from '../src/report/schema.ts';

// The story again and again: `npm run bench -- story [--runs 20] [--for 60s] [-- lab options]`. Each run plays the lab
// to the end of its time, so that a finding on the fixed side has a minute to appear. Writes bench/results/story.md.

const { values, positionals } = parseArgs({
  options: { runs: { type: 'string', default: '20' }, for: { type: 'string', default: '60s' } },
  allowPositionals: true,
});

const heldBy = markedLine('held by');
const addedAt = markedLine('added at');
const rows: Row[] = [];
const directory = mkdtempSync(join(tmpdir(), 'leakline-story-'));
for (let run = 1; run <= Number(values.runs); run += 1) {
  const file = join(directory, `${run}.json`);
  const code = await play(file);
  const row = rowOf(run, code, JSON.parse(readFileSync(file, 'utf8')) as Comparison);
  rows.push(row);
  console.log(lineOf(row));
}
rmSync(directory, { recursive: true });
const text = summary();
console.log(text);
mkdirSync('bench/results', { recursive: true });
const name = positionals.length === 0 ? 'story' : `story${positionals.join('').replace(/[^a-z0-9]+/gi, '-')}`;
writeFileSync(`bench/results/${name}.md`, text);

type Row = {
  readonly run: number;
  readonly code: number | null;
  readonly fixed: string;
  readonly fixedFindings: number;
  readonly leaking: string;
  readonly lineRight: boolean;
  readonly state: string | null;
  readonly namedAfterS: number | null;
  readonly pausesMs: readonly (number | null)[];
};

function play(file: string): Promise<number | null> {
  const args = [
    'dist/cli.js',
    'lab',
    '--for',
    values.for,
    '--until',
    'end',
    '--quiet',
    '--json',
    file,
    ...positionals,
  ];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  return new Promise((resolve) => child.once('exit', resolve));
}

function rowOf(run: number, code: number | null, { sides }: Comparison): Row {
  const [fixed, leaking] = sides;
  if (fixed === undefined || leaking === undefined) throw new Error('a comparison has two sides');
  const finding = leaking.report.findings[0];
  const { namedAtMs } = leaking.report;
  const startedAtMs = leaking.load?.startedAtMs ?? 0;
  return {
    run,
    code,
    fixed: fixed.report.verdict.kind,
    fixedFindings: fixed.report.findings.length,
    leaking: leaking.report.verdict.kind,
    lineRight: isAt(finding?.heldBy.location, heldBy) && isAt(finding?.addedAt?.location, addedAt),
    state: finding?.retained.state ?? null,
    namedAfterS: namedAtMs === null ? null : (namedAtMs - startedAtMs) / 1000,
    pausesMs: [fixed.report.cost.longestPauseMs, leaking.report.cost.longestPauseMs],
  };
}

function isAt(location: ReportLocation | null | undefined, line: number): boolean {
  return location?.file.endsWith('lab/websocket/leaking/server.ts') === true && location.line === line;
}

/** The line above the mark, in the leaking server's source. */
function markedLine(mark: string): number {
  const lines = readFileSync('lab/websocket/leaking/server.ts', 'utf8').split('\n');
  const index = lines.findIndex((line) => line.includes(`// ^^ lab: ${mark}`));
  if (index < 1) throw new Error(`no mark "${mark}" in the leaking server`);
  return index;
}

function lineOf(row: Row): string {
  const named = row.namedAfterS === null ? 'never' : `${row.namedAfterS.toFixed(1)} s`;
  const pauses = row.pausesMs.map((ms) => ms?.toFixed(0) ?? '–').join(' / ');
  return `| ${row.run} | ${row.fixed} | ${row.fixedFindings} | ${row.leaking} | ${row.lineRight ? 'yes' : 'NO'} | ${row.state ?? '–'} | ${named} | ${pauses} | ${row.code} |`;
}

function summary(): string {
  const named = rows
    .flatMap((row) => (row.namedAfterS === null ? [] : [row.namedAfterS]))
    .sort((a, b) => a - b);
  const pauses = rows.flatMap((row) => row.pausesMs).filter((ms) => ms !== null);
  const count = (holds: (row: Row) => boolean): number => rows.filter(holds).length;
  return [
    `# The story, ${rows.length} runs of ${values.for}`,
    '',
    `\`npm run bench -- story --runs ${values.runs} --for ${values.for}${positionals.map((word) => ` ${word}`).join('')}\` on Node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model ?? '?'}), ${new Date().toISOString().slice(0, 10)}.`,
    '',
    `- findings on the fixed side: ${rows.reduce((sum, row) => sum + row.fixedFindings, 0)}; fixed side called leaking: ${count((row) => row.fixed === 'leaking')}; called steady: ${count((row) => row.fixed === 'steady')} of ${rows.length}`,
    `- leaks missed: ${count((row) => row.leaking !== 'leaking')} of ${rows.length}; both lines right: ${count((row) => row.lineRight)} of ${rows.length}; shown as CLOSED: ${count((row) => row.state === 'CLOSED')}`,
    `- line named after the first client: median ${named[Math.floor(named.length / 2)]?.toFixed(1) ?? '–'} s, longest ${named.at(-1)?.toFixed(1) ?? '–'} s`,
    `- longest pause caused, accounted inside the servers: ${Math.max(0, ...pauses).toFixed(0)} ms`,
    '',
    '| run | fixed | findings | leaking | line right | state | named after | longest pause ms (fixed / leaking) | exit |',
    '| --: | --- | --: | --- | --- | --- | --: | --: | --: |',
    ...rows.map(lineOf),
    '',
  ].join('\n');
}
