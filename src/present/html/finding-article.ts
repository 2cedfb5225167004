import { formatDuration } from '../../core/duration.ts';
import type { ReportFinding, ReportLocation, ReportSite } from '../../report/schema.ts';
import { count } from '../figures.ts';
import { findingRows, headNotes, headWords, knownWords, missingWords } from '../finding-lines.ts';
import { placeWords } from '../place-words.ts';
import { kindWords } from '../words.ts';
import type { Heading } from './heading.ts';
import { classed, element, isEmpty, type Content, type Markup } from './markup.ts';
import { retainerPath } from './retainer-path.ts';

/** One finding, in the order in which one would look for it: held by, grows, added at, what should have let go of it. */
export function findingArticle(finding: ReportFinding, heading: Heading): Markup {
  const { rate, doubt } = headNotes(finding);
  return classed(
    'article',
    'finding',
    element(heading, {}, headWords(finding)),
    classed(
      'p',
      'notes',
      rate === null ? null : classed('span', 'rate', rate),
      classed('span', 'kind', kindWords(finding.kind)),
      doubt === null ? null : classed('span', 'doubt', doubt),
    ),
    retainerPath(finding),
    classed('dl', 'chain', chain(finding)),
    finding.explanation === '' ? null : classed('p', 'why', finding.explanation),
    stacks(finding),
    excerpts(finding),
  );
}

function chain(finding: ReportFinding): Content {
  const missing = missingWords(finding);
  const known = knownWords(finding);
  const trap = trapWords(finding);
  return [
    findingRows(finding).map(({ label, name, type, place }) =>
      step(label, 'columns', [
        name === '' ? null : classed('b', type === '' ? 'name long' : 'name', name),
        type === '' ? null : classed('span', 'type', type),
        place === '' ? null : classed('code', 'place', place),
      ]),
    ),
    missing === null ? null : step('should have been released', 'missing', [missing]),
    trap === null ? null : step('watched', null, [trap]),
    known === null ? null : step('known', null, [known]),
  ];
}

function step(label: string, className: string | null, words: readonly Content[]): Content {
  const shown = words.filter((one) => !isEmpty(one));
  const spaced = shown.flatMap((one, index) => (index === 0 ? [one] : [' ', one]));
  return classed('div', 'step', element('dt', {}, label), element('dd', { class: className }, spaced));
}

/** What was seen while who adds was watched; nothing where the explanation says why it could not be. */
function trapWords({ trap, explanation }: ReportFinding): string | null {
  if (trap === null) return null;
  if (!trap.set) {
    return trap.reason === null || explanation.includes(trap.reason)
      ? null
      : `it could not be: ${trap.reason}`;
  }
  const seen = `for ${formatDuration(trap.durationMs)}: ${count(trap.additions)} added, ${count(trap.removals)} removed`;
  return trap.reason === null ? seen : `${seen} (${trap.reason})`;
}

function stacks({ addedAt, allocatedAt }: ReportFinding): Content {
  return [stack('Who adds: the calls', addedAt), stack('Who allocates: the calls', allocatedAt)];
}

/** One call is the place itself, which stands above. */
function stack(words: string, site: ReportSite | null): Markup | null {
  if (site === null || site.stack.length < 2) return null;
  return element('details', {}, element('summary', {}, words), classed('ol', 'stack', site.stack.map(frame)));
}

function frame(location: ReportLocation): Markup {
  return element(
    'li',
    {},
    location.function === null ? null : [location.function, ' '],
    classed('code', 'place', placeWords(location)),
  );
}

function excerpts({ excerpts: shown }: ReportFinding): Content {
  return shown.map(({ file, firstLine, lines, marked }) =>
    element(
      'figure',
      { class: 'excerpt' },
      element('figcaption', {}, classed('code', 'place', `${file}:${marked[0] ?? firstLine}`)),
      element(
        'pre',
        { tabindex: 0, 'aria-label': `lines of ${file}` },
        lines.map((text, index) => {
          const number = firstLine + index;
          return element(
            'code',
            { class: marked.includes(number) ? 'marked' : null },
            classed('span', 'line-number', String(number)),
            ` ${text}\n`,
          );
        }),
      ),
    ),
  );
}
