import { formatBytes, formatRate } from '../../core/bytes.ts';
import { formatDuration } from '../../core/duration.ts';
import type { IsolateReport, Report, ReportFinding, ResidentMemory } from '../../report/schema.ts';
import { accountRows } from '../account-lines.ts';
import { bytesInterval, count, percent } from '../figures.ts';
import { placeWords } from '../place-words.ts';
import { glyphsFor } from '../glyphs.ts';
import { operationSentences } from '../operation-lines.ts';
import { alsoWatchedWords, costWords } from '../report-words.ts';
import { residentSentences } from '../resident-lines.ts';
import { operationWords } from '../words.ts';
import type { Heading } from './heading.ts';
import { classed, element, isEmpty, type Content, type Markup } from './markup.ts';
import { containerTable } from './container-table.ts';
import { findingArticle } from './finding-article.ts';
import type { PageKind } from './page-kind.ts';
import { shareBar } from './share-bar.ts';
import { table } from './table.ts';
import { treemap } from './treemap.ts';

/** What was found, set against what was measured. */
export function findingSections(report: Report, heading: Heading): Content {
  return [
    report.findings.map((finding) => findingArticle(finding, heading)),
    section('What the findings explain', heading, account(report)),
  ];
}

/** What was measured beside memory: the width of the page is for its pictures. */
export function measuredSections(report: Report, heading: Heading, { charts }: PageKind): Content {
  const tree = report.snapshot?.taken?.tree ?? null;
  return [
    section('What keeps most alive in the snapshot', heading, tree === null ? null : treemap(tree)),
    section('Containers', heading, containerTable(report)),
    section('Where what stays was allocated', heading, charts.growth(report)),
  ];
}

/** What a reader must know first. Of a watch that came to no verdict it is the answer, and stands above everything else. */
export function notesSection(report: Report, heading: Heading): Markup | null {
  return section('What to know before trusting this', heading, notes(report));
}

/** All that stands below that, in the order in which one asks for it. */
export function lowerSections(report: Report, heading: Heading, notesStandAbove = false): Content {
  return [
    section('Per operation', heading, operations(report)),
    section('Containers that stayed steady', heading, steadyContainers(report)),
    section('Grows too, and is too small to be the cause', heading, heldBack(report)),
    section('Resident memory', heading, resident(report)),
    section('Also watched', heading, isolates(report)),
    notesStandAbove ? null : notesSection(report, heading),
    section('What the watch cost the process', heading, cost(report)),
  ];
}

/** Nothing where there is nothing to say. */
function section(title: string, heading: Heading, content: Content): Markup | null {
  if (isEmpty(content)) return null;
  return element('section', {}, element(heading, {}, title), content);
}

function account(report: Report): Content {
  const { growth } = report;
  const explained = report.account?.explainedBytesPerSecond ?? null;
  const bar =
    report.findings.length > 0 && explained !== null && growth.bytesPerSecond !== null
      ? [
          shareBar(explained / growth.bytesPerSecond),
          element(
            'p',
            {},
            `${formatRate(explained)} of the ${formatRate(growth.bytesPerSecond)} that was measured.`,
          ),
        ]
      : null;
  const rows = accountRows(report);
  return [
    bar,
    rows.length === 0
      ? null
      : classed(
          'dl',
          'chain',
          rows.map(({ label, text }) =>
            classed('div', 'step', element('dt', {}, label), element('dd', {}, text)),
          ),
        ),
  ];
}

function operations(report: Report): Content {
  const { perOperation, level } = report.growth;
  if (perOperation.length === 0) return null;
  const glyphs = glyphsFor(true);
  const zombie = report.findings[0]?.zombies?.type ?? null;
  const sentences = operationSentences(report, perOperation, glyphs);
  return [
    sentences.length === 0
      ? null
      : classed(
          'ul',
          'sentences',
          sentences.map((one) => element('li', {}, one)),
        ),
    table(
      {
        caption: null,
        columns: [
          { name: 'operation' },
          { name: 'seen', isNumber: true },
          { name: 'adds', isNumber: true },
          { name: `${percent(level)} interval`, isNumber: true },
        ],
      },
      perOperation.map((one) => [
        operationWords(one.operation, zombie),
        count(one.count),
        EFFECT_WORDS[one.effect] ?? formatBytes(one.bytes),
        bytesInterval(one.interval, glyphs),
      ]),
    ),
  ];
}

const EFFECT_WORDS = { some: null, none: 'nothing', unknown: 'not known' } as const;

/** The table of all that was counted has them too. */
function steadyContainers({ steadyContainers: containers, containers: counted }: Report): Content {
  if (containers.length === 0 || counted.length > 0) return null;
  return table(
    {
      caption: null,
      columns: [
        { name: 'container' },
        { name: 'type' },
        { name: 'entries', isNumber: true },
        { name: 'steady for', isNumber: true },
      ],
    },
    containers.map(({ name, type, size, watchedMs }) => [
      classed('span', 'name', name),
      type,
      count(size),
      formatDuration(watchedMs),
    ]),
  );
}

function heldBack({ account: found }: Report): Content {
  if (found === null || found.heldBack.length === 0) return null;
  return table(
    {
      caption: null,
      columns: [{ name: 'holder' }, { name: 'place' }, { name: 'grows', isNumber: true }],
    },
    found.heldBack.map((finding: ReportFinding) => [
      classed('span', 'name', finding.heldBy.name),
      finding.heldBy.location === null ? '' : classed('code', 'place', placeWords(finding.heldBy.location)),
      finding.retained.bytesPerSecond === null ? '–' : formatRate(finding.retained.bytesPerSecond),
    ]),
  );
}

function resident(report: IsolateReport): Content {
  const { residentMemory } = report;
  if (residentMemory === null) return null;
  const { first, last } = residentMemory;
  return [
    residentSentences(report).map((one) => element('p', {}, one)),
    table(
      {
        caption: null,
        columns: [
          { name: 'part' },
          { name: `at ${formatDuration(first.timeMs)}`, isNumber: true },
          { name: `at ${formatDuration(last.timeMs)}`, isNumber: true },
        ],
      },
      RESIDENT_PARTS.map(({ name, bytes }) => [name, sizeWords(bytes(first)), sizeWords(bytes(last))]),
    ),
  ];
}

const RESIDENT_PARTS: readonly {
  readonly name: string;
  readonly bytes: (memory: ResidentMemory) => number | null;
}[] = [
  { name: "the process's own pages", bytes: (memory) => memory.anonymousBytes },
  { name: 'V8 accounts for', bytes: (memory) => memory.v8Bytes },
  { name: "malloc's main heap has", bytes: (memory) => memory.mallocMainBytes },
  { name: "malloc's arenas have", bytes: (memory) => memory.arenas.bytes },
  { name: 'pages of files', bytes: (memory) => memory.fileBytes },
  { name: 'shared', bytes: (memory) => memory.sharedBytes },
];

function sizeWords(bytes: number | null): string {
  return bytes === null ? '–' : formatBytes(bytes);
}

function isolates({ isolates: others, target }: Report): Content {
  if (others.length === 0) return null;
  return classed(
    'ul',
    'sentences',
    others.map((one) => element('li', {}, alsoWatchedWords(one, target.pid))),
  );
}

function notes({ notes: told }: Report): Content {
  return told.length === 0
    ? null
    : classed(
        'ul',
        'sentences',
        told.map((one) => element('li', {}, one)),
      );
}

/** Reading a log costs the server nothing. */
function cost(report: Report): Content {
  if (report.source !== null) return null;
  const { totalMsByWork, longestPauseMsByWork } = report.cost;
  const works = Object.entries(totalMsByWork).sort(([, a], [, b]) => b - a);
  return [
    element('p', {}, `${costWords(report).join(', ')}.`),
    works.length === 0
      ? null
      : element(
          'details',
          {},
          element('summary', {}, 'By kind of work'),
          table(
            {
              caption: null,
              columns: [
                { name: 'work' },
                { name: 'in all', isNumber: true },
                { name: 'longest pause', isNumber: true },
              ],
            },
            works.map(([work, totalMs]) => [
              work,
              `${totalMs} ms`,
              longestPauseMsByWork[work] === undefined ? '–' : `${longestPauseMsByWork[work]} ms`,
            ]),
          ),
        ),
  ];
}
