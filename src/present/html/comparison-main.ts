import { formatRate } from '../../core/bytes.ts';
import type { Comparison, ComparisonSide } from '../../report/schema.ts';
import { comparisonFacts, differenceOwner, namedWords, sideRows } from '../comparison-words.ts';
import { rateInterval } from '../figures.ts';
import { headFacts } from '../report-words.ts';
import { glyphsFor } from '../glyphs.ts';
import { plainText } from '../line.ts';
import { chartScale } from './chart-scale.ts';
import { factLine } from './fact-line.ts';
import { classed, element, isEmpty, type Content, type Markup } from './markup.ts';
import { pageFoot } from './page-foot.ts';
import type { PageKind } from './page-kind.ts';
import { chartFigure } from './report-main.ts';
import { findingSections, lowerSections, measuredSections } from './report-sections.ts';
import { table } from './table.ts';
import { verdictBanner } from './verdict-banner.ts';

/** Two programs side by side, on axes they share; on a narrow page one below the other. */
export function comparisonMain(comparison: Comparison, kind: PageKind): Markup {
  const { sides } = comparison;
  const scale = chartScale(sides.map(({ report }) => report));
  return element(
    'main',
    { class: 'wide' },
    factLine('leakline', comparisonFacts(comparison)),
    element('h1', {}, `${sides.map(({ name }) => name).join(' and ')}, side by side`),
    classed(
      'div',
      'sides',
      sides.map((side) =>
        element(
          'section',
          { 'aria-label': side.name },
          factLine(side.name, sideHeadFacts(side)),
          verdictBanner(side.report, 'h2', kind),
          chartFigure(side.report, scale, kind),
        ),
      ),
    ),
    sides.map((side) => sideFindings(side)),
    element('section', {}, element('h2', {}, 'All figures'), factsTable(comparison), difference(comparison)),
    classed(
      'div',
      'sides',
      sides.map((side) =>
        classed(
          'section',
          'more',
          element('h2', {}, `More of ${side.name}`),
          measuredSections(side.report, 'h3', kind),
          lowerSections(side.report, 'h3'),
        ),
      ),
    ),
    pageFoot(
      sides.map(({ report }) => report),
      kind,
    ),
  );
}

/** A side that is called by its pid has said it. */
function sideHeadFacts({ name, report }: ComparisonSide): string[] {
  const pid = `pid ${report.target.pid ?? '-'}`;
  return headFacts(report).filter((fact) => fact !== pid || name !== pid);
}

function sideFindings(side: ComparisonSide): Content {
  const found = findingSections(side.report, 'h3');
  if (isEmpty(found)) return null;
  const named = namedWords(side);
  const words = named === null ? null : [named.since, named.beforeDeath].filter((one) => one !== null);
  return element(
    'section',
    {},
    element('h2', {}, `What ${side.name} keeps`),
    found,
    words === null ? null : classed('p', 'named', `${words.join(', ')}.`),
  );
}

function factsTable({ sides }: Comparison): Markup {
  return table(
    { caption: null, columns: [{ name: 'figure' }, ...sides.map(({ name }) => ({ name }))] },
    sideRows({ sides }, glyphsFor(true)).map(({ label, values }) => [
      label,
      ...values.map((value) => plainText(value).replace(/ {3}/g, ' ')),
    ]),
  );
}

function difference(comparison: Comparison): Content {
  const { difference: measured } = comparison;
  if (measured === null) return null;
  return element(
    'p',
    {},
    'Difference: ',
    element('strong', {}, formatRate(measured.bytesPerSecond)),
    `, interval ${rateInterval(measured.interval, glyphsFor(true))} (${differenceOwner(comparison)}).`,
  );
}
