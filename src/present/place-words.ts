import type { ReportLocation } from '../report/schema.ts';

/** `src/server.ts:6`. */
export function placeWords({ file, line }: Pick<ReportLocation, 'file' | 'line'>): string {
  return `${file}:${line}`;
}
