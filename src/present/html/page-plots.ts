import type { IsolateReport } from '../../report/schema.ts';
import type { ChartScale } from './chart-scale.ts';
import { element, type Markup } from './markup.ts';
import { floorPlot, memoryPlot, type PlotData } from './plot-data.ts';

/**
 * The charts of a page that a script draws: each gets an empty element, and its points are kept in `plots`, which fills while the
 * page is made.
 */
export function pagePlots(): PagePlots {
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
    memory: (report, scale) => add(memoryPlot(report, scale, placeFor(scale))),
    floors: (report, scale, above) => add(floorPlot(report, scale, placeFor(above))),
  };
}

export type PagePlots = {
  readonly plots: readonly PlotData[];
  readonly memory: (report: IsolateReport, scale: ChartScale) => Markup;
  /** `above` is the scale of the chart that it stands under, and moves with. */
  readonly floors: (report: IsolateReport, scale: ChartScale, above: ChartScale) => Markup;
};
