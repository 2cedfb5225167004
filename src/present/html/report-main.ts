import type { Report, Reports } from '../../report/schema.ts';
import { chartScale, type ChartScale } from './chart-scale.ts';
import { figuresTable } from './figures-table.ts';
import type { Heading } from './heading.ts';
import { headingBelow } from './heading.ts';
import { classed, element, type Content, type Markup } from './markup.ts';
import { chartLegend, memoryChart } from './memory-chart.ts';
import { pageFoot } from './page-foot.ts';
import { findingSections, lowerSections } from './report-sections.ts';
import { verdictBanner } from './verdict-banner.ts';

/** One report: verdict, chart, findings, and what else one may ask. */
export function reportMain(report: Report): Markup {
  return element('main', {}, reportContent(report, 'h1', null), pageFoot(report));
}

/** The reports of a log that tells of several processes, one after the other. */
export function reportsMain({ reports }: Reports): Markup {
  return element(
    'main',
    {},
    element('h1', {}, `${reports.length} reports`),
    reports.map((report) => classed('article', 'report', reportContent(report, 'h2', null))),
    pageFoot(reports[0] ?? null),
  );
}

function reportContent(report: Report, heading: Heading, name: string | null): Content {
  const below = headingBelow(heading);
  return [
    verdictBanner(report, { heading, name }),
    chartFigure(report, chartScale([report])),
    findingSections(report, below),
    classed('div', 'lower', lowerSections(report, below)),
  ];
}

/** The picture, its legend and its figures. Nothing where nothing was measured. */
export function chartFigure(report: Report, scale: ChartScale): Markup | null {
  if (report.series.timeMs.length === 0 && report.series.floor.length === 0) return null;
  return element(
    'figure',
    { class: `memory ${report.verdict.kind}` },
    element('figcaption', {}, chartLegend(report)),
    memoryChart(report, scale),
    figuresTable(report),
  );
}
