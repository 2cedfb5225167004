import type { Report } from '../../report/schema.ts';
import type { PlotData } from './plot-data.ts';

/** What the script of a page is told: what it draws in which element. A page in a file has it as JSON in it. */
export type ScriptFacts = {
  readonly plots: readonly PlotData[];
  readonly growths: readonly GrowthFacts[];
};

/** Sampled growth of which the reader chooses the moments. Its names are the watched program's, so they are hostile text. */
export type GrowthFacts = { readonly id: string; readonly growth: NonNullable<Report['sampledGrowth']> };
