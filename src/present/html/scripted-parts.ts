import type { IsolateReport } from '../../report/schema.ts';
import type { ChartScale } from './chart-scale.ts';
import { element, type Content, type Markup } from './markup.ts';
import { floorPlot, memoryPlot, type PlotData } from './plot-data.ts';
import type { GrowthFacts, ScriptFacts } from './script-facts.ts';

/**
 * The parts of a page that a script draws: each gets an element, and what the script has to know is kept in `facts`, which fills
 * while the page is made.
 */
export function scriptedParts(): ScriptedParts {
  const plots: PlotData[] = [];
  const growths: GrowthFacts[] = [];
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
    facts: { plots, growths },
    memory: (report, scale) => add(memoryPlot(report, scale, placeFor(scale))),
    floors: (report, scale, above) => add(floorPlot(report, scale, placeFor(above))),
    growth: ({ target }, growth, drawn) => {
      // What its reader chose goes by the id, and on a live page another side may get its graph later.
      const name = `growth-${target.pid ?? 'log'}-${target.isolate}`;
      const isTaken = growths.some(({ id }) => id === name);
      const id = isTaken ? `${name}-${growths.length}` : name;
      growths.push({ id, growth });
      return element('div', { class: 'growth', id }, drawn);
    },
  };
}

export type ScriptedParts = {
  readonly facts: ScriptFacts;
  readonly memory: (report: IsolateReport, scale: ChartScale) => Markup;
  /** `above` is the scale of the chart that it stands under, and moves with. */
  readonly floors: (report: IsolateReport, scale: ChartScale, above: ChartScale) => Markup;
  /** `drawn` is what stands there until the script has drawn its own. */
  readonly growth: (report: IsolateReport, growth: GrowthFacts['growth'], drawn: Content) => Markup;
};
