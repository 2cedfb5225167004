import { formatBytes } from '../../core/bytes.ts';
import { formatDuration } from '../../core/duration.ts';
import type { ProcessRow } from '../../report/process-list.ts';
import { count } from '../figures.ts';
import { classed, element, htmlOf, type Content, type Markup } from '../html/markup.ts';
import { sparkline, type SparkSpan } from '../html/sparkline.ts';
import { table } from '../html/table.ts';
import { sanitizeDocument } from '../sanitize.ts';
import type { PageFrame } from './page-frame.ts';

/**
 * The Node processes of this machine, and of each the command that watches it. The page starts nothing itself: a watch sends
 * a signal into somebody's server, and that is for the person at the terminal to say.
 */
export function processListFrame(processes: readonly ProcessRow[]): PageFrame {
  const rows = sanitizeDocument(processes, { unicode: true });
  const strip = classed(
    'p',
    'live',
    classed('b', 'now', 'live'),
    ` ${countWords(rows.length)} on this machine`,
  );
  const main = element(
    'main',
    { class: 'wide processes' },
    element('h1', {}, 'Node processes'),
    rows.length === 0
      ? element('p', {}, 'No Node process that this user can see. One that is started now appears here.')
      : table(
          {
            caption:
              'The largest first. Its command, in a terminal on this machine, watches a process until there is an answer, on a page of its own.',
            columns: [
              { name: 'process' },
              { name: 'pid', isNumber: true },
              { name: 'up', isNumber: true },
              { name: 'rss', isNumber: true },
              { name: 'since you look' },
              { name: 'to watch it' },
            ],
          },
          rows.map((row) => cells(row, spanOf(rows))),
        ),
    element(
      'section',
      {},
      element('h2', {}, 'Also'),
      element(
        'ul',
        { class: 'sentences' },
        element('li', {}, code('leakline run --ui -- node server.js'), ' starts a program and watches it.'),
        element('li', {}, code('leakline lab --ui'), ' plays a leak and its mended twin, side by side.'),
        element(
          'li',
          {},
          code('leakline ui FILE'),
          ' shows a report that was saved with ',
          code('--json FILE'),
          '.',
        ),
      ),
    ),
  );
  return {
    title: `${countWords(rows.length)} · leakline`,
    html: htmlOf([strip, main]),
    plots: [],
    growths: [],
  };
}

function cells(row: ProcessRow, span: SparkSpan): Content[] {
  const { pid, node, command, uptimeMs, rssBytes, rssOverTime } = row;
  const [first] = rssOverTime;
  const label = `${formatBytes(first?.size ?? rssBytes)} to ${formatBytes(rssBytes)}`;
  return [
    [code(command), node === null ? null : [' ', classed('span', 'type', `Node ${node.replace(/^v/, '')}`)]],
    // Not grouped: it is typed, not read.
    String(pid),
    // By the second it would change with each look and tell nothing.
    formatDuration(Math.floor(uptimeMs / 10_000) * 10_000),
    formatBytes(rssBytes),
    sparkline(rssOverTime, span, label),
    wayCell(row),
  ];
}

function wayCell({ pid, way, reason }: ProcessRow): Content {
  if (way === null) return classed('span', 'type', reason ?? 'It can’t be watched.');
  return [code(`leakline ${pid} --ui`), ' ', classed('span', 'type', WORDS_BY_WAY[way])];
}

const WORDS_BY_WAY: Readonly<Record<NonNullable<ProcessRow['way']>, string>> = {
  prepared: 'prepared for it (leakline/register)',
  inspector: 'by its inspector, which is open',
  signal: 'by SIGUSR1, which opens its inspector for a moment',
};

function spanOf(rows: readonly ProcessRow[]): SparkSpan {
  return {
    fromMs: Math.min(...rows.map(({ rssOverTime }) => rssOverTime[0]?.timeMs ?? Infinity)),
    untilMs: Math.max(...rows.map(({ rssOverTime }) => rssOverTime.at(-1)?.timeMs ?? 0)),
  };
}

function countWords(processes: number): string {
  return `${processes === 0 ? 'no' : count(processes)} Node ${processes === 1 ? 'process' : 'processes'}`;
}

function code(text: string): Markup {
  return element('code', {}, text);
}
