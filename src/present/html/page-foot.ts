import type { Report } from '../../report/schema.ts';
import { element, type Markup } from './markup.ts';

/** What made the page and of when it is. */
export function pageFoot(report: Report | null): Markup {
  const when = report?.startedAt ?? null;
  return element(
    'footer',
    {},
    element(
      'p',
      {},
      'leakline',
      report === null ? '' : ` ${report.leakline}`,
      when === null ? '' : ` · ${when}`,
    ),
    element(
      'p',
      {},
      'This page holds sizes, counts, names and places in code, and no value out of the process. It runs no script and loads nothing.',
    ),
  );
}
