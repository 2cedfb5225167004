import type { Report } from '../../report/schema.ts';
import { element, type Markup } from './markup.ts';
import type { PageKind } from './page-kind.ts';

/** What made the page, of when it is, and what its reader may hand on. */
export function pageFoot(reports: readonly Report[], { about }: PageKind): Markup {
  const [first] = reports;
  const hasSource = reports.some(({ findings }) => findings.some(({ excerpts }) => excerpts.length > 0));
  return element(
    'footer',
    {},
    element(
      'p',
      {},
      'leakline',
      first === undefined ? '' : ` ${first.leakline}`,
      first === undefined || first.startedAt === null ? '' : ` · ${first.startedAt}`,
    ),
    element(
      'p',
      {},
      `This page holds sizes, counts, names${hasSource ? ', lines of source' : ''} and places in code, and no value out of the process. ${about}`,
    ),
  );
}
