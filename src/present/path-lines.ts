import type { ReportFinding } from '../report/schema.ts';
import { labelled } from './flow.ts';
import type { Glyphs } from './glyphs.ts';
import type { Line } from './line.ts';
import { PATH_STATE_WORDS } from './path-words.ts';

/**
 * The way from a root to what is kept, a node a line with its state and why; where a report does not tell more, the names alone in one.
 * Nothing where there is no way to tell of.
 */
export function pathLines(
  { path, heldBy }: ReportFinding,
  { becomes }: Pick<Glyphs, 'becomes'>,
  layout: { readonly columns: number },
): Line[] {
  const told = path.map(
    ({ name, state, why }, index) =>
      `${index === 0 ? '' : `${becomes} `}${name}: ${PATH_STATE_WORDS[state]}${why === '' ? '' : ` (${why})`}`,
  );
  const names = heldBy.path.join(` ${becomes} `);
  const nodes = told.length > 0 ? told : names === '' ? [] : [names];
  return nodes.flatMap((text, index) =>
    labelled(
      { text: index === 0 ? 'path' : '', tone: 'faint' },
      { text },
      { ...layout, indent: 2, labelColumns: LABEL_COLUMNS },
    ),
  );
}

const LABEL_COLUMNS = 11;
