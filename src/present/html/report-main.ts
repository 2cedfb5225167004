import type { Report, Reports } from '../../report/schema.ts';
import { headFacts } from '../report-words.ts';
import { chartScale, floorScale, type ChartScale } from './chart-scale.ts';
import { factLine } from './fact-line.ts';
import { figuresTable } from './figures-table.ts';
import { headingBelow, type Heading } from './heading.ts';
import { classed, element, type Content, type Markup } from './markup.ts';
import { chartLegend } from './memory-chart.ts';
import { pageFoot } from './page-foot.ts';
import type { PageKind } from './page-kind.ts';
import { findingSections, lowerSections, measuredSections, notesSection } from './report-sections.ts';
import { floorWords } from './told-floors.ts';
import { verdictBanner } from './verdict-banner.ts';

/** One report: verdict, chart, findings, and what else one may ask. */
export function reportMain(report: Report, kind: PageKind): Markup {
  return element('main', {}, reportContent(report, 'h1', kind), pageFoot([report], kind));
}

/** The reports of a log that tells of several processes, one after the other. */
export function reportsMain({ reports }: Reports, kind: PageKind): Markup {
  return element(
    'main',
    {},
    element('h1', {}, `${reports.length} reports`),
    reports.map((report) => classed('article', 'report', reportContent(report, 'h2', kind))),
    pageFoot(reports, kind),
  );
}

function reportContent(report: Report, heading: Heading, kind: PageKind): Content {
  const below = headingBelow(heading);
  const scale = chartScale([report]);
  const isOpen = report.verdict.kind === 'inconclusive';
  return [
    factLine('leakline', headFacts(report)),
    verdictBanner(report, heading, kind),
    isOpen ? notesSection(report, below) : null,
    chartFigure(report, scale, kind),
    floorFigure(report, scale, kind),
    findingSections(report, below),
    measuredSections(report, below, kind),
    classed('div', 'lower', lowerSections(report, below, isOpen)),
  ];
}

/** The picture, its legend and its figures. Nothing where nothing was measured. */
export function chartFigure(report: Report, scale: ChartScale, { charts }: PageKind): Markup | null {
  if (report.series.timeMs.length === 0 && report.series.floor.length === 0) return null;
  return element(
    'figure',
    { class: memoryClass(report) },
    element('figcaption', {}, chartLegend(report, scale)),
    charts.memory(report, scale),
    figuresTable(report),
  );
}

/** The floors once more, where the picture above shows them flat. */
function floorFigure(report: Report, above: ChartScale, { charts }: PageKind): Markup | null {
  const scale = floorScale(report, above);
  if (scale === null) return null;
  return element(
    'figure',
    { class: memoryClass(report) },
    element(
      'figcaption',
      {},
      classed(
        'ul',
        'legend',
        classed(
          'li',
          'floor',
          element('b', {}, floorWords(report)),
          ' alone: this axis does not begin at zero',
        ),
      ),
    ),
    charts.floors(report, scale, above),
  );
}

/** The accent goes to what the verdict is about. */
function memoryClass({ verdict }: Report): string {
  return `memory ${verdict.kind}${verdict.space === 'native' ? ' native' : ''}`;
}
