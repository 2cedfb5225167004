import type { Report } from '../../report/schema.ts';
import type { PageKind } from '../html/page-kind.ts';
import { pagePlots } from '../html/page-plots.ts';
import type { PlotData } from '../html/plot-data.ts';

/** A page whose charts are empty elements for a script to draw in; `plots` fills while the page is made. */
export function livePageKind(verdictWord: (report: Report) => string): {
  readonly kind: PageKind;
  readonly plots: readonly PlotData[];
} {
  const { plots, memory, floors } = pagePlots();
  return { plots, kind: { charts: { memory, floors }, verdictWord, about: ABOUT_PAGE } };
}

export const ABOUT_PAGE = 'It is served to this machine alone, and shows no more than the report has.';
