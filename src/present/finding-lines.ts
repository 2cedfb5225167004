import { formatRate } from '../core/bytes.ts';
import type { ReportFinding, ReportLocation, ReportSite } from '../report/schema.ts';
import { count, countRate, percent } from './figures.ts';
import { excerptLines } from './excerpt-lines.ts';
import { flowParts, labelled } from './flow.ts';
import type { Glyphs } from './glyphs.ts';
import type { Line, Span } from './line.ts';
import { placeWords } from './place-words.ts';
import { cutEnd, cutStart, textWidth } from './text-width.ts';
import { counted, kindWords } from './words.ts';

export type FindingLayout = {
  readonly columns: number;
  readonly indent: number;
  readonly glyphs: Glyphs;
  /** `false` where rows are few. */
  readonly explanation: boolean;
  /** The source lines, likewise. */
  readonly excerpts: boolean;
};

/** What of a finding stands below its head. Between snapshots nobody knows the time, so there what grows has no rate. */
export type FindingBody = Omit<ReportFinding, 'retained' | 'grows'> & {
  readonly grows:
    | (Omit<NonNullable<ReportFinding['grows']>, 'perSecondInEach'> & {
        readonly perSecondInEach: number | null;
      })
    | null;
};

/** One finding as a block: what is kept, then who holds it, where it grows and what is missing, in columns. */
export function findingLines(finding: ReportFinding, layout: FindingLayout): Line[] {
  return [...findingHeadLines(finding, layout), ...findingBodyLines(finding, layout)];
}

/** What is kept, how much it is, and how sure the line is where it is not. */
export function findingHeadLines(
  finding: ReportFinding,
  layout: Pick<FindingLayout, 'columns' | 'indent'>,
): Line[] {
  const { rate, doubt } = headNotes(finding);
  const parts: Line[] = [[{ text: ' '.repeat(layout.indent) }, { text: headWords(finding), tone: 'strong' }]];
  if (rate !== null) parts.push([{ text: rate, tone: 'faint' }]);
  if (doubt !== null) parts.push([{ text: doubt, tone: 'unsure' }]);
  return flowParts(parts, { columns: layout.columns, gap: { text: '   ' }, indent: layout.indent + 2 });
}

/** Who holds it, where it grows and what is missing. */
export function findingBodyLines(finding: FindingBody, layout: FindingLayout): Line[] {
  const rows = findingRows(finding);
  const labelColumns = Math.max(MIN_LABEL_COLUMNS, ...rows.map(({ label }) => label.length + 1));
  const below = { columns: layout.columns, indent: layout.indent + 2, labelColumns };
  const lines: Line[] = alignRows(rows, labelColumns, layout);
  const missing = missingWords(finding);
  if (missing !== null) lines.push(...labelled({ text: 'missing', tone: 'faint' }, { text: missing }, below));
  const known = knownWords(finding);
  if (known !== null) lines.push(...labelled({ text: 'known', tone: 'faint' }, { text: known }, below));
  if (layout.explanation && finding.explanation !== '') {
    lines.push(
      ...labelled({ text: 'why', tone: 'faint' }, { text: finding.explanation, tone: 'faint' }, below),
    );
  }
  if (layout.excerpts) lines.push(...excerptLines(finding, layout));
  return lines;
}

/** `7 WebSockets are CLOSED and still held`: the finding in one sentence. */
export function headWords(finding: ReportFinding): string {
  const { zombies, retained, heldBy, allocatedAt } = finding;
  if (zombies !== null) {
    const verb = zombies.count === 1 ? 'is' : 'are';
    return `${count(zombies.count)} ${counted(zombies.type, zombies.count)} ${verb} ${zombies.state} and still held`;
  }
  if (retained.count === null) {
    const maker = allocatedAt?.location.function ?? 'the program';
    return `${heldBy.name} keeps what ${maker} allocates: ${kindWords(finding.kind)}`;
  }
  const what = `${count(retained.count)} ${counted(retained.type, retained.count)}`;
  if (retained.growthPerSecond === null)
    return `${heldBy.name} kept ${what} when it was listed: ${kindWords(finding.kind)}`;
  return `${heldBy.name} keeps ${what} and gains ${countRate(retained.growthPerSecond)}: ${kindWords(finding.kind)}`;
}

/** What stands beside that sentence: how much it is, and how sure the line is where it is not. */
export function headNotes({ retained, confidence, heldBy, addedAt }: ReportFinding): {
  readonly rate: string | null;
  readonly doubt: string | null;
} {
  const { bytesPerSecond, bytesAtLeast } = retained;
  const hasLine = heldBy.location !== null || addedAt !== null;
  const about = bytesAtLeast ? 'at least' : 'about';
  return {
    rate: bytesPerSecond === null ? null : `${about} ${formatRate(bytesPerSecond)}`,
    doubt: hasLine && confidence < WORTH_A_WARNING ? `the line is ${percent(confidence)} sure` : null,
  };
}

/** The clean-up that is missing, and where it belongs when that is known. */
export function missingWords(finding: Pick<ReportFinding, 'shouldBeReleased'>): string | null {
  const release = finding.shouldBeReleased;
  if (release === null) return null;
  const { words, location } = release;
  if (location === null || words.includes(`(${placeWords(location)})`)) return words;
  return `${words} (${placeWords(location)})`;
}

/** `debug 4.1.1 (known of >=3.0.0 <4.3.0): …`: what the package's own history says of it, and what to do. */
export function knownWords({ knownLeak }: Pick<ReportFinding, 'knownLeak'>): string | null {
  if (knownLeak === null) return null;
  const { package: name, installed, leaks, description, remedy, citation } = knownLeak;
  const version = installed === null ? name : `${name} ${installed}`;
  const range = leaks === '*' ? 'every version' : leaks;
  return `${version} (known of ${range}): ${description} ${remedy} See ${citation}`;
}

export type FindingRow = {
  readonly label: string;
  readonly name: string;
  readonly type: string;
  readonly place: string;
};

// The usual labels with room behind them; only `allocated at` needs more, and a column more can break a row in two.
const MIN_LABEL_COLUMNS = 11;
// A sure finding needs no figure beside it; an unsure one must not look like a sure one.
const WORTH_A_WARNING = 0.9;
const GAP = '  ';

/** Who holds it, where it grows, who adds: a name, its type and its place each. */
export function findingRows(finding: FindingBody): FindingRow[] {
  const { heldBy, grows, addedAt, allocatedAt } = finding;
  const rows: FindingRow[] = [
    {
      label: 'held by',
      name: heldBy.name,
      type: heldBy.size === null ? heldBy.type : `${heldBy.type}(${count(heldBy.size)})`,
      place: placeOrNothing(heldBy.location),
    },
  ];
  if (grows !== null) {
    const rate = grows.perSecondInEach === null ? '' : `  ${countRate(grows.perSecondInEach)}`;
    const each = grows.instances === 1 ? '' : ' in each';
    rows.push({
      label: 'grows',
      name: grows.name,
      type: `${grows.type}${rate}${each}`,
      place: placeOrNothing(grows.location),
    });
  }
  if (addedAt !== null) rows.push(siteRow('added at', addedAt));
  // The line in the package is nobody's to change; the call into it is.
  const call = addedAt?.calledFrom ?? null;
  if (call !== null) {
    rows.push({
      label: 'called from',
      name: call.function ?? 'your code',
      type: '',
      place: placeWords(call),
    });
  }
  const { usedAt } = finding;
  if (usedAt !== null) {
    rows.push({
      label: 'used in',
      name: usedAt.function ?? 'your code',
      type: '',
      place: placeWords(usedAt),
    });
  }
  // What is made on the line that adds it needs no second row.
  const madeThere = addedAt !== null && allocatedAt !== null && sameLine(addedAt, allocatedAt);
  if (allocatedAt !== null && !madeThere) rows.push(siteRow('allocated at', allocatedAt));
  return rows;
}

function sameLine({ location: a }: ReportSite, { location: b }: ReportSite): boolean {
  return a.file === b.file && a.line === b.line;
}

function siteRow(label: string, site: ReportSite): FindingRow {
  const { location } = site;
  const name = site.words ?? location.function ?? '';
  const packageWords = location.package === null ? '' : `in package ${location.package}`;
  return {
    label,
    name: name === '' ? packageWords : name,
    type: name === '' ? '' : packageWords,
    place: placeWords(location),
  };
}

function placeOrNothing(location: ReportLocation | null): string {
  return location === null ? '' : placeWords(location);
}

/**
 * Name, type and place in columns. The place is what the reader came for: a row that would cut it gives it a line
 * of its own, and only if even that is too narrow is it cut, at its front.
 */
function alignRows(rows: readonly FindingRow[], labelColumns: number, layout: FindingLayout): Line[] {
  const { columns, glyphs } = layout;
  const start = layout.indent + 2 + labelColumns;
  // The two columns of `held by` and `grows`; a site's words may run through both.
  const nameColumns = Math.max(...rows.filter((row) => row.type !== '').map((row) => textWidth(row.name)), 0);
  const whats = rows.map((row) =>
    row.type === '' ? row.name : `${padTo(row.name, nameColumns)}${GAP}${row.type}`,
  );
  const room = columns - start;
  const fits = rows.map((row, index) => textWidth(whats[index] ?? '') + textWidth(GAP + row.place) <= room);
  const whatColumns = Math.max(...whats.filter((_, index) => fits[index]).map(textWidth), 0);
  return rows.flatMap((row, index): Line[] => {
    const what = whats[index] ?? '';
    const label: Span = {
      text: `${' '.repeat(layout.indent + 2)}${row.label.padEnd(labelColumns)}`,
      tone: 'faint',
    };
    const place: Span = { text: cutStart(row.place, room, glyphs.cut), tone: 'place' };
    if (fits[index]) {
      const aligned = Math.min(whatColumns, room - textWidth(GAP + row.place));
      return [[label, { text: padTo(what, aligned) + GAP }, place]];
    }
    const alone: Line = [label, { text: cutEnd(what, room, glyphs.cut) }];
    return row.place === '' ? [alone] : [alone, [{ text: ' '.repeat(start) }, place]];
  });
}

function padTo(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - textWidth(text)));
}
