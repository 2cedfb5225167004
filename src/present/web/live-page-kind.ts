import type { Report } from '../../report/schema.ts';
import { flameLayout } from '../html/flame-layout.ts';
import type { PageKind } from '../html/page-kind.ts';
import type { ScriptFacts } from '../html/script-facts.ts';
import { scriptedParts } from '../html/scripted-parts.ts';

/** A page with empty elements where a script draws its charts and flame graphs; `facts` fills while the page is made. */
export function livePageKind(verdictWord: (report: Report) => string): {
  readonly kind: PageKind;
  readonly facts: ScriptFacts;
} {
  const { facts, memory, floors, growth } = scriptedParts();
  return {
    facts,
    kind: {
      charts: {
        memory,
        floors,
        growth: (report) =>
          report.sampledGrowth === null || flameLayout(report.sampledGrowth).boxes.length === 0
            ? null
            : growth(report, report.sampledGrowth, null),
      },
      verdictWord,
      about: ABOUT_PAGE,
    },
  };
}

export const ABOUT_PAGE = 'It is served to this machine alone, and shows no more than the report has.';
