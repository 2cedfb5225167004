import type { ReportFinding } from '../report/schema.ts';

/** What is said of a node on the way from a root to what is kept. */
export const PATH_STATE_WORDS: Readonly<Record<ReportFinding['path'][number]['state'], string>> = {
  alive: 'alive',
  closed: 'closed',
  'should be gone': 'should be gone',
  unknown: 'not known',
};
