import { formatRate } from '../../core/bytes.ts';
import type { Comparison, ComparisonSide } from '../../report/schema.ts';
import { comparisonFacts, differenceOwner, namedWords, sideFacts } from '../comparison-words.ts';
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

/** Two programs under the same load, side by side on axes they share; on a narrow page one below the other. */
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
          factLine(side.name, headFacts(side.report)),
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
  const factsBySide = sides.map((side) => sideFacts(side, glyphsFor(true)));
  const labels = factsBySide[0]?.map(({ label }) => label) ?? [];
  return table(
    { caption: null, columns: [{ name: 'figure' }, ...sides.map(({ name }) => ({ name }))] },
    labels.map((label, row) => [
      label,
      ...factsBySide.map((facts) => plainText(facts[row]?.value ?? []).replace(/ {3}/g, ' ')),
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
