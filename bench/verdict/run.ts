import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Random } from '../../test/verdict/traces.ts';
import { alarmsTable, watchDays, watchDaysInThread } from './alarms.ts';
import { detectionTable, watchLeaks } from './detection.ts';
import { familiesTable } from './families.ts';
import { fillsTable } from './fills.ts';
import { cells } from './leaks.ts';
import { judgeMonth } from './month.ts';
import { recordHealthy } from './record.ts';
import { recordedTable } from './recorded.ts';
import { barsPicture, pictured, watchPicture } from './pictures.ts';

/**
 * How often the verdict is wrong, and how late it is right. Each part plays services from printed seeds and writes its table.
 *
 *   npm run bench -- verdict PART [--count N] [--seed FIRST] [--patience quick|standing] [--out FOLDER]
 *
 * PART is one of alarms, leaks, fills, families, month, recorded, pictures (which draws the tables that are there). The rules were
 * made while looking at seeds below 10,000: figures to be quoted come from others. `record [FOLDER…] --count SECONDS
 * [--variant ok|fixed]` records the healthy servers of galleries for `recorded`.
 */
const { part, words, variant, count, seed, patience, out } = readArguments(process.argv.slice(2));
const RECORDINGS = 'test/verdict/recordings';
const say = (words: string): void => console.error(words);
const about = (more: string): string =>
  `\`npm run bench -- verdict ${process.argv
    .slice(2)
    .join(' ')
    .replace(/ --out \S+/, '')}\`, Node ${process.version}, ${process.platform} ${process.arch}. ${more}`;

if (watchDaysInThread()) {
  // Its days were told to the main thread.
} else if (part === 'alarms') {
  const all = await watchDays(count ?? 167, seed, patience, say);
  const days = all.reduce((sum, one) => sum + one.days.length, 0);
  save(
    `alarms-${patience}.md`,
    `# Alarms on healthy services, ${patience} patience`,
    about(
      `${days} days at 1 Hz, seeds ${seed} to ${seed + (count ?? 167) - 1} of each family. An alarm is a day in which *leaking* was ever said, taken back or not.`,
    ),
    alarmsTable(all),
  );
} else if (part === 'leaks') {
  const times = count ?? 3;
  save(
    `leaks-${patience}.md`,
    `# Leaks, ${patience} patience`,
    about(
      `${cells().length} combinations, ${times} times each, seeds ${seed} to ${seed + times - 1}. The oracle knows the noise and tests for exactly that slope.`,
    ),
    detectionTable(watchLeaks(times, seed, patience)),
  );
} else if (part === 'fills') {
  const times = count ?? 10;
  save(
    `even-fills-${patience}.md`,
    `# Even fills, ${patience} patience`,
    about(
      `Called *leaking* before it was full: of ${times} services each whose memory rises evenly to a share of the headroom and stays. Seeds ${seed} to ${seed + times - 1}.`,
    ),
    fillsTable(times, seed, patience),
  );
} else if (part === 'families') {
  const times = count ?? 60;
  save(
    'families.md',
    '# What the verdict says of short watches',
    about(`Seeds ${seed} to ${seed + times - 1}; times are 5 %, median and 95 %.`),
    familiesTable(times, seed),
  );
} else if (part === 'record') {
  const folders = words.length > 0 ? words : ['test/gallery'];
  await recordHealthy(folders, (count ?? 600) * 1000, variant, RECORDINGS, say);
} else if (part === 'recorded') {
  save('recorded.md', '# Healthy servers of the galleries, recorded', about(''), recordedTable(RECORDINGS));
} else if (part === 'month') {
  save('month.md', '# A month at 1 Hz', about('By the wall clock.'), judgeMonth());
} else if (part === 'pictures') {
  drawPictures();
} else {
  console.error(
    'usage: npm run bench -- verdict alarms|leaks|fills|families|month|recorded|pictures [--count N] [--seed FIRST] [--patience quick|standing]',
  );
  process.exitCode = 2;
}

function save(name: string, title: string, words: string, table: string): void {
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, name), `${title}\n\n${words}\n\n${table}\n`);
  console.log(`${words}\n\n${table}`);
}

function drawPictures(): void {
  for (const { file, title, seconds, service } of pictured) {
    writeFileSync(join(out, file), watchPicture(title, service(new Random(seed)), seconds, seed));
  }
  const [head = [], all = []] = [/^\| family/, /^\| \*\*all/].map((row) =>
    cellsOf('alarms-standing.md', row),
  );
  const days = Number(all[1]);
  const bars = head.slice(3, -1).map((name, i) => ({ name, value: (1000 * Number(all[i + 3])) / days }));
  writeFileSync(
    join(out, 'alarms.svg'),
    barsPicture(`Healthy services called leaking, of 1,000 service-days (${days} played)`, bars),
  );
}

function cellsOf(file: string, row: RegExp): string[] {
  const found =
    readFileSync(join(out, file), 'utf8')
      .split('\n')
      .find((one) => row.test(one)) ?? '';
  return found
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
}

function readArguments(words: readonly string[]): {
  readonly part: string | undefined;
  /** What stands before the options. */
  readonly words: readonly string[];
  readonly variant: string | undefined;
  readonly count: number | undefined;
  readonly seed: number;
  readonly patience: 'quick' | 'standing';
  readonly out: string;
} {
  const value = (name: string): string | undefined => {
    const at = words.indexOf(`--${name}`);
    return at < 0 ? undefined : words[at + 1];
  };
  const given = value('count');
  return {
    part: words[0],
    variant: value('variant'),
    words: words.slice(1, words.findIndex((word) => word.startsWith('--')) >>> 0),
    count: given === undefined ? undefined : Number(given),
    seed: Number(value('seed') ?? 10_001),
    patience: value('patience') === 'quick' ? 'quick' : 'standing',
    out: value('out') ?? 'bench/verdict/results',
  };
}
