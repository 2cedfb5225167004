import { classed, element, type Markup } from './markup.ts';

/** The first line of a page or of a side, as the terminal has it: a name, and behind it what it is about. */
export function factLine(name: string, facts: readonly string[]): Markup {
  return classed(
    'ul',
    'facts',
    element('li', {}, element('b', {}, name)),
    facts.map((words) => element('li', {}, words)),
  );
}
