import type { Report } from '../../report/schema.ts';
import type { ChartScale } from '../html/chart-scale.ts';
import { element, type Markup } from '../html/markup.ts';
import type { PageKind } from '../html/page-kind.ts';
import { floorPlot, memoryPlot, type PlotData } from './plot-data.ts';

/** A page whose charts are empty elements for a script to draw in; `plots` fills while the page is made. */
export function livePageKind(verdictWord: (report: Report) => string): {
  readonly kind: PageKind;
  readonly plots: readonly PlotData[];
} {
  const plots: PlotData[] = [];
  // The sides of a comparison get one scale, and the floors stand under the chart whose scale they name.
  const groupByScale = new Map<ChartScale, number>();
  const placeFor = (scale: ChartScale): Pick<PlotData, 'id' | 'group'> => {
    const group = groupByScale.get(scale) ?? groupByScale.size;
    groupByScale.set(scale, group);
    return { id: `plot-${plots.length}`, group };
  };
  const add = (plot: PlotData): Markup => {
    plots.push(plot);
    return element('div', { class: 'plot', id: plot.id });
  };
  return {
    plots,
    kind: {
      charts: {
        memory: (report, scale) => add(memoryPlot(report, scale, placeFor(scale))),
        floors: (report, scale, above) => add(floorPlot(report, scale, placeFor(above))),
      },
      verdictWord,
      about: ABOUT_PAGE,
    },
  };
}

export const ABOUT_PAGE = 'It is served to this machine alone, and shows no more than the report has.';
