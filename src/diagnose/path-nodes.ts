import type { PathNode } from '../core/finding.ts';
import type { PathStep } from '../core/census.ts';
import type { ReadStep } from './path-reading.ts';

/**
 * The path for a reader, and of each node whether it is there for good reason. The root stands first even where an own root
 * makes the steps between them irrelevant.
 *
 * Alive is what Node or the module system keeps on purpose. Of what lies between nothing is known but who keeps it: whether it
 * should still be there is what the reader wants to find out.
 */
export function pathNodes(
  steps: readonly ReadStep[],
  whole: readonly ReadStep[],
  nameOf: (read: ReadStep) => string,
): PathNode[] {
  const nodes: PathNode[] = [];
  const root = whole[0]?.step;
  if (root?.kind === 'root') nodes.push({ name: root.name, state: 'alive', why: rootWords(root.name) });
  // An emitter on the way says by which door the program is entered: `Server`, `connection listener`.
  for (const { step } of whole.slice(0, whole.indexOf(steps[0]))) {
    if (step.kind !== 'listeners') continue;
    if (nodes[nodes.length - 1]?.name !== step.owner)
      nodes.push({ name: step.owner, state: 'unknown', why: 'has the listener' });
    nodes.push(listenerNode(step));
  }
  for (const read of steps) {
    const { step } = read;
    if (step.kind === 'listeners') nodes.push(listenerNode(step));
    else if (step.kind === 'timer')
      nodes.push({
        name: step.repeat ? 'interval' : 'timer',
        state: 'alive',
        why: step.repeat ? 'armed: it runs until it is cleared' : 'armed: it is kept until it fires',
      });
    else if (step.kind === 'element')
      nodes.push({ name: '[*]', state: 'unknown', why: `one of ${step.size} in ${ofWords(step.of)}` });
    else if (step.kind === 'exports')
      nodes.push({ name: step.file.replace(/^.*[\\/]/, ''), state: 'alive', why: MODULE_WORDS });
    else if (step.kind !== 'root') nodes.push({ name: nameOf(read), ...namedState(step, read) });
  }
  return nodes;
}

function listenerNode({ event, owner }: Extract<PathStep, { kind: 'listeners' }>): PathNode {
  return {
    name: `${event} listener`,
    state: 'unknown',
    why: `kept by the ${owner} until it is taken off`,
  };
}

function namedState(
  step: Extract<PathStep, { kind: 'variable' | 'property' }>,
  { declared }: ReadStep,
): Pick<PathNode, 'state' | 'why'> {
  if (step.kind === 'property') {
    if (declared?.moduleLevel === true) return { state: 'alive', why: VARIABLE_WORDS };
    return { state: 'unknown', why: `a property of ${step.owner === '' ? 'an object' : step.owner}` };
  }
  if (declared?.moduleLevel === true || step.scope === 'Module' || step.scope === 'Script') {
    return { state: 'alive', why: VARIABLE_WORDS };
  }
  const keeper = step.function?.function ?? null;
  return { state: 'unknown', why: `captured by ${keeper === null ? 'a function without a name' : keeper}` };
}

const MODULE_WORDS = 'a loaded module, which stays as long as the process';
export const VARIABLE_WORDS = "a module's variable, which stays as long as the process";

function rootWords(name: string): string {
  return ROOT_WORDS[name] ?? 'open: Node keeps it as long as it is';
}

const ROOT_WORDS: Readonly<Record<string, string>> = {
  modules: 'the modules that are loaded, which Node keeps',
  timers: 'the timers that are armed, which Node keeps',
  process: 'there as long as the process is',
  globalThis: 'there as long as the process is',
  AsyncLocalStorage: 'kept for what is under way',
};

function ofWords(type: Extract<PathStep, { kind: 'element' }>['of']): string {
  return `the ${type}`;
}
