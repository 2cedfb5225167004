import type { PlotData } from '../src/present/html/plot-data.ts';
import { MemoryChart } from './memory-chart.ts';

/** The charts that are on the page, each in the element that has its id; those of one group move together. */
export class Charts {
  readonly #chartById = new Map<string, MemoryChart>();
  readonly #viewByGroup = new Map<number, GroupView>();

  constructor() {
    // Colours are read off the style sheet when something is drawn, and paper has its own.
    for (const query of ['(prefers-color-scheme: dark)', 'print']) {
      matchMedia(query).addEventListener('change', () => {
        for (const chart of this.#chartById.values()) chart.redraw();
      });
    }
  }

  /** Whether what is in this element is a chart's and no other's business. */
  readonly isChart = (element: Element): boolean => element.classList.contains('plot');

  draw(plots: readonly PlotData[]): void {
    const ids = new Set(plots.map(({ id }) => id));
    for (const [id, chart] of this.#chartById) {
      if (ids.has(id) && chart.isOnPage) continue;
      chart.remove();
      this.#chartById.delete(id);
    }
    for (const plot of plots) {
      const chart = this.#chartById.get(plot.id);
      if (chart !== undefined) chart.update(plot);
      else this.#add(plot);
    }
  }

  #add(plot: PlotData): void {
    const host = document.getElementById(plot.id);
    if (host === null) return;
    host.replaceChildren();
    const view = this.#viewByGroup.get(plot.group) ?? { zoom: null };
    this.#viewByGroup.set(plot.group, view);
    const mates = (): MemoryChart[] =>
      [...this.#chartById.values()].filter((chart) => chart.group === plot.group);
    this.#chartById.set(plot.id, new MemoryChart(host, plot, view, mates));
  }
}

/** What the charts of a group share. */
export type GroupView = { zoom: { readonly fromMs: number; readonly untilMs: number } | null };
