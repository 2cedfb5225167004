import type { ReportFinding } from '../../report/schema.ts';
import { count } from '../figures.ts';
import { PATH_STATE_WORDS } from '../path-words.ts';
import { counted } from '../words.ts';
import { classed, element, type Markup } from './markup.ts';

/**
 * The way from a root to what is kept, node by node: whether it is alive, closed or should be gone, and why. Where no walk met
 * the holder, and in reports of a leakline that did not tell it, the names alone.
 */
export function retainerPath(finding: ReportFinding): Markup | null {
  const { path, heldBy } = finding;
  if (path.length === 0) return namesOnly(finding);
  return element(
    'ol',
    { class: 'path told', 'aria-label': PATH_WORDS },
    path.map(({ name, state, why }, index) =>
      classed(
        'li',
        `${STATE_CLASSES[state]}${index === heldBy.path.length - 1 ? ' holder' : ''}`,
        classed('span', 'node', name),
        ' ',
        classed('b', 'state', PATH_STATE_WORDS[state]),
        ' ',
        classed('span', 'because', why),
      ),
    ),
  );
}

const PATH_WORDS = 'the way from a root to what is kept';

type State = ReportFinding['path'][number]['state'];

const STATE_CLASSES: Readonly<Record<State, string>> = {
  alive: 'alive',
  closed: 'closed',
  'should be gone': 'gone',
  unknown: 'open',
};

function namesOnly({ heldBy, zombies, grows }: ReportFinding): Markup | null {
  if (heldBy.path.length === 0) return null;
  return element(
    'ol',
    { class: 'path', 'aria-label': PATH_WORDS },
    heldBy.path.map((name, index) =>
      classed('li', index === heldBy.path.length - 1 ? 'holder' : 'node', name),
    ),
    zombies === null
      ? null
      : classed(
          'li',
          'closed',
          `${count(zombies.count)} ${counted(zombies.type, zombies.count)} `,
          classed('span', 'state', zombies.state),
        ),
    grows === null
      ? null
      : classed('li', 'node', grows.name, grows.instances === 1 ? '' : ` ×${count(grows.instances)}`),
  );
}
