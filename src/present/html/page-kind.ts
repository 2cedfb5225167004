import type { Report } from '../../report/schema.ts';
import type { ChartScale } from './chart-scale.ts';
import type { Content } from './markup.ts';

/** What a page in a file and one that is kept up to date do each in its own way. All else they share. */
export type PageKind = {
  readonly charts: {
    readonly memory: (report: Report, scale: ChartScale) => Content;
    /** The floors alone; `above` is the scale of the memory chart that they stand under. */
    readonly floors: (report: Report, scale: ChartScale, above: ChartScale) => Content;
    /** Where what stays was allocated; `null` where nothing was sampled that stayed. */
    readonly growth: (report: Report) => Content;
  };
  readonly verdictWord: (report: Report) => string;
  /** A sentence of the foot: what the page itself does. */
  readonly about: string;
};
