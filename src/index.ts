/**
 * leakline as a library: the shapes of its documents, the text they are shown as, and the error they fail with.
 * The commands are the product; this is what programs that read its reports need.
 */
export type {
  Comparison,
  ComparisonSide,
  HeapTile,
  HeapTileStep,
  HeapTree,
  IsolateReport,
  Report,
  ReportAccount,
  ReportFinding,
  ReportLocation,
  Reports,
  ReportSite,
  ReportSnapshot,
} from './report/schema.ts';
export { LeaklineError, type ErrorCode } from './core/errors.ts';
export { renderReport, type TextOptions } from './present/text/report-text.ts';
export { renderComparison } from './present/text/comparison-text.ts';
export { renderHtml, type HtmlOptions } from './present/html/page.ts';
export { renderMarkdown, type MarkdownOptions } from './present/markdown/markdown.ts';
export { version } from './report/version.ts';
export { toPrometheus } from './export/prometheus.ts';
export type { AllocationProfile, AllocationStack, AgeShare } from './core/allocations.ts';
export type { ScriptLocation } from './core/location.ts';
export { toHeapProfile } from './export/heap-profile.ts';
export { toPprof } from './export/pprof.ts';
export { toSpeedscope } from './export/speedscope.ts';
