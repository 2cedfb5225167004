import type { PlotData } from './plot-data.ts';

/** What the script of a page in a file is told, as JSON in the page. */
export type FileFacts = { readonly plots: readonly PlotData[] };
