import type { PathStep } from '../core/census.ts';
import { addSitesOf } from './source/add-sites.ts';
import type { Declared, Value } from './source/declared.ts';
import {
  declaredExports,
  declaredMemberAt,
  declaredProperty,
  declaredVariable,
} from './source/declarations.ts';
import { guessProperty } from './source/made-properties.ts';
import type { Script, Scripts } from './source/script.ts';
import { type TimerCall, timerCallOf } from './source/timer-call.ts';

/** A step of a container's path, and what the source says about it. */
export type ReadStep = {
  readonly step: PathStep;
  /** Where the name of this step is declared; `null` for elements and for what the source does not tell. */
  readonly declared: Declared | null;
  readonly timer: TimerCall | null;
};

/**
 * Follows a container's path through the source beside it: what the heap reached by a step, the text makes
 * somewhere. `hints` are further scripts to look in, those of the trap's stacks.
 */
export async function readPath(
  steps: readonly PathStep[],
  scripts: Scripts,
  hints: readonly Script[],
): Promise<ReadStep[]> {
  const read: ReadStep[] = [];
  // What the text says the last step's value is; `null` when the trail is lost.
  let value: Value | null = null;
  for (const step of steps) {
    const known = [
      ...read.flatMap((earlier) => (earlier.declared ? [earlier.declared.script] : [])),
      ...hints,
    ];
    const timer = step.kind === 'timer' && step.callback ? await timerCallOf(scripts, step.callback) : null;
    const declared = await declaredAt(step, value, scripts, known);
    read.push({ step, declared, timer });
    const last = read.findLast((earlier) => earlier.declared !== null)?.declared ?? null;
    value = step.kind === 'element' ? await elementOf(last, scripts, known) : (declared?.value ?? null);
  }
  return read;
}

async function declaredAt(
  step: PathStep,
  value: Value | null,
  scripts: Scripts,
  known: readonly Script[],
): Promise<Declared | null> {
  switch (step.kind) {
    case 'variable':
      return step.function === null ? null : declaredVariable(scripts, step.function, step.name, step.scope);
    case 'exports':
      return declaredExports(scripts, step.file);
    case 'property':
      return declaredStep(step, value, scripts, known);
    default:
      return null;
  }
}

async function declaredStep(
  step: Extract<PathStep, { kind: 'property' }>,
  value: Value | null,
  scripts: Scripts,
  known: readonly Script[],
): Promise<Declared | null> {
  const key = step.private && !step.name.startsWith('#') ? `#${step.name}` : step.name;
  const made = value === null ? null : await declaredProperty(scripts, value, key);
  if (made !== null) return made;
  const owner = step.ownerLocation;
  const member = owner === null ? null : await declaredMemberAt(scripts, owner, key);
  if (member !== null) return member;
  const ownerScript = owner === null ? null : await scripts.find(owner.url);
  // A class that is Node's own has its property in Node's source, not in a namesake of ours.
  if (owner !== null && ownerScript === null) return null;
  const places = ownerScript === null ? [...known].reverse() : [ownerScript];
  for (const script of places) {
    const guess = guessProperty(script, key);
    if (guess !== null) return guess;
  }
  return null;
}

/** What the text puts into a collection. */
async function elementOf(
  collection: Declared | null,
  scripts: Scripts,
  known: readonly Script[],
): Promise<Value | null> {
  if (collection === null) return null;
  const site = (await addSitesOf(collection, scripts, known)).find((site) => site.element !== null);
  return site?.element ? { script: site.script, node: site.element, module: false } : null;
}
