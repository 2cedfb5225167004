/**
 * `npm run gallery -- [FOLDER…]`: starts every server of the folders, one after the other, runs leakline on it, and
 * prints how often it was right. The score of a full run is kept under bench/gallery/results.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { formatBytes } from '../../src/core/bytes.ts';
import { parseDuration } from '../../src/core/duration.ts';
import { type GalleryCase, findCases } from './case.ts';
import { attach } from './leakline.ts';
import { type Score, scoreFailure, scoreReport } from './score.ts';
import { scoreboard } from './scoreboard.ts';
import { startServer } from './server.ts';

// The same from the source and from the bundle: bench/gallery/ and .build/bench/ are equally deep.
const root = join(import.meta.dirname, '../..');
const cacheFolder = join(root, '.cache/gallery');
/** A server just started still compiles and fills its pools; nobody attaches to one that young. */
const SETTLE_MS = 2000;

const HELP = `npm run gallery -- [FOLDER…] [--only NAME,…] [--variants leaky,fixed,ok] [--for 60s]

FOLDER has leaks/ and healthy/, or a run.sh with a truth.json in each case (default: test/gallery).
`;

await main();

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      only: { type: 'string' },
      variants: { type: 'string' },
      for: { type: 'string', default: '60s' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const forMs = parseDuration(values.for);
  if (values.help || forMs === undefined) {
    process.stdout.write(HELP);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  const folders =
    positionals.length > 0 ? positionals.map((folder) => resolve(folder)) : [join(root, 'test/gallery')];
  const only = values.only?.split(',');
  const variants = values.variants?.split(',');
  const cases = folders
    .flatMap(findCases)
    .filter((server) => only === undefined || only.some((name) => server.name.includes(name)))
    .filter((server) => variants === undefined || variants.includes(server.variant));
  if (cases.length === 0) {
    console.error('No server of these folders has that name and variant.');
    process.exitCode = 2;
    return;
  }
  if (!existsSync(join(root, 'dist/cli.js'))) {
    console.error('dist/cli.js is missing: run `npm run build` first.');
    process.exitCode = 2;
    return;
  }

  const interrupted = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      process.exitCode = name === 'SIGINT' ? 130 : 143;
      interrupted.abort();
    });
  }
  const scores: Score[] = [];
  for (const [index, server] of cases.entries()) {
    const score = await play(server, forMs, interrupted.signal);
    if (interrupted.signal.aborted) break;
    scores.push(score);
    console.error(`${index + 1}/${cases.length} ${progressWords(score)}`);
  }

  if (scores.length === 0) return;
  const board = scoreboard(scores);
  console.log(`\n${board}`);
  // A partial run must not stand where a full one stood.
  if (scores.length === cases.length && only === undefined && variants === undefined) {
    console.log(`\nkept as ${writeResults(folders, values.for, scores, board)}`);
  }
}

async function play(server: GalleryCase, forMs: number, signal: AbortSignal): Promise<Score> {
  // The traffic must outlast the watch, or the end of the load would look like the end of the leak.
  const seconds = Math.ceil(forMs / 1000) + 15;
  try {
    const running = await startServer(server, seconds, cacheFolder, signal);
    try {
      await pause(SETTLE_MS, undefined, { signal });
      const file = join(cacheFolder, `${server.suite}-${server.name}-${server.variant}.report.json`);
      mkdirSync(cacheFolder, { recursive: true });
      const report = await attach(root, running.pid, forMs, file, signal);
      // A server without traffic doesn't leak; what leakline said of it means nothing.
      const failure = await Promise.race([running.traffic, pause(0, null)]);
      return failure === null ? scoreReport(server, report) : scoreFailure(server, failure);
    } finally {
      await running.stop();
    }
  } catch (error) {
    return scoreFailure(server, error instanceof Error ? error.message : String(error));
  }
}

function progressWords(score: Score): string {
  const title = `${score.suite}/${score.name} ${score.variant}:`;
  if (score.error !== null) return `${title} ${score.error}`;
  const held = score.heldBy === null ? '' : `, held by ${score.heldBy}, added at ${score.addedAt}`;
  return `${title} ${score.verdict}${score.falseAlarm ? ' (false alarm)' : ''}${held}`;
}

function writeResults(
  folders: readonly string[],
  watched: string,
  scores: readonly Score[],
  board: string,
): string {
  const folder = join(root, 'bench/gallery/results');
  mkdirSync(folder, { recursive: true });
  const date = new Date().toISOString().slice(0, 10);
  const suites = folders.map((path) => basename(path)).join('+');
  const name = `${date}-node${process.versions.node}-${suites}`;
  const machine = `${availableParallelism()} × ${cpus()[0]?.model ?? 'unknown processor'}, ${formatBytes(totalmem())}, ${process.platform} ${process.arch}`;
  const commit = currentCommit();
  const head = `Gallery ${suites}, ${date}, Node ${process.versions.node}, watched ${watched} each, commit ${commit}.\n\n${machine}.`;
  writeFileSync(join(folder, `${name}.md`), `${head}\n\n${board}\n`);
  writeFileSync(
    join(folder, `${name}.json`),
    `${JSON.stringify({ date, node: process.versions.node, commit, machine, watched, scores }, null, 2)}\n`,
  );
  return `bench/gallery/results/${name}.md`;
}

function currentCommit(): string {
  try {
    const git = (...words: string[]): string =>
      execFileSync('git', words, { cwd: root, encoding: 'utf8' }).trim();
    return `${git('rev-parse', '--short', 'HEAD')}${git('status', '--porcelain', '--untracked-files=no') === '' ? '' : ' and changes'}`;
  } catch {
    return 'unknown';
  }
}
