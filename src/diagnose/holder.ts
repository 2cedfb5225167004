import type { ContainerDetail, ContainerType, PathStep } from '../core/census.ts';
import type { Grower, Holder } from '../core/finding.ts';
import { addSitesOf } from './source/add-sites.ts';
import type { Declared } from './source/declared.ts';
import { declaredBy } from './source/declarations.ts';
import type { GrowingContainer } from './growing-container.ts';
import { originalLocation, packageOf } from './source/original-location.ts';
import { pathNodes, VARIABLE_WORDS } from './path-nodes.ts';
import type { ReadStep } from './path-reading.ts';
import { placeOf, type Script, type Scripts } from './source/script.ts';
import { type AnyNode, walk } from './source/syntax.ts';
import type { TimerCall } from './source/timer-call.ts';

/** Who holds what grows, as a reader is told, and where the source says so. */
export type Held = {
  readonly holder: Holder;
  readonly grows: Grower | null;
  /** Where what grows is: in each element of the holder, or in the holder's own insides; `null` if it is the holder. */
  readonly growsIn: 'elements' | 'itself' | null;
  /** The holder in the source; `null` if it has no name there or is a timer. */
  readonly declared: Declared | null;
  /** The growing container in the source: the holder itself unless `grows`. */
  readonly container: Declared | null;
  /** The timer, where a timer is the holder. */
  readonly timer: TimerCall | null;
  /** The event, where the holder is an emitter. */
  readonly event: string | null;
};

/**
 * The holder of a growing container.
 *
 * A module's variable is a root of its own, whatever way the walk came to it: what stands before it in the path says
 * nothing. Behind it, an element of a named collection that has the container in it makes the collection the holder
 * and the container what grows in each; without such an element the container holds by itself.
 *
 * A container that the source has no name for (the buffer inside a stream of Node's) is held by the last thing on the way
 * to it that has one: the variable the stream is in.
 */
export async function heldBy(
  growing: GrowingContainer,
  path: readonly ReadStep[],
  scripts: Scripts,
  workingDirectory: string,
): Promise<Held> {
  const { detail } = growing;
  const anchor = path.findLastIndex(({ step, declared }) => isOwnRoot(step, declared));
  const from = Math.max(anchor, 0);
  const split = path.findLastIndex(
    ({ step }, index) => index > from && isElement(step) && hasHolder(path, from, index, detail),
  );
  const named = path.findLastIndex(({ step }) => isNamed(step));
  const place = (script: Script, node: AnyNode) => originalLocation(placeOf(script, node), workingDirectory);
  const locate = (declared: Declared | null) => (declared ? place(declared.script, declared.node) : null);

  if (detail.type === 'timers') {
    const step = path.findLast(({ step }) => step.kind === 'timer');
    return timerHolder(detail, step ?? null, path, place);
  }
  if (split < 0) {
    const own = path[named] ?? null;
    const listeners = detail.type === 'listeners' ? lastListeners(path) : null;
    const owner = own?.declared == null ? lastDeclared(path, from, named) : -1;
    if (owner >= 0) return insideOf(growing, path, from, owner, locate);
    return {
      holder: {
        name: own === null ? rootName(path) : nameOf(own),
        type: listeners ? listenersType(listeners) : typeWords(detail.type),
        size: detail.size,
        ...pathOf(path.slice(from, named + 1), path),
        location: locate(own?.declared ?? null),
      },
      grows: null,
      growsIn: null,
      declared: own?.declared ?? null,
      container: own?.declared ?? null,
      timer: null,
      event: listeners?.event ?? null,
    };
  }

  const container = named > split ? path[named] : null;
  const inner = container?.declared ?? null;
  const instances = Math.max(1, detail.instances);
  const outer = await outerHolder(path, split, from, detail, scripts);
  const outerName = outer.holder.name;
  const growsLocation = inner === null ? await createdAt(outer.declared, scripts, place) : locate(inner);
  return {
    ...outer,
    holder: {
      ...outer.holder,
      location: outer.timer ? timerPlace(outer.timer, place) : locate(outer.declared),
    },
    grows: {
      name: container === null ? `an element of ${outerName}` : nameOf(container),
      type: typeWords(detail.type),
      instances,
      perSecondInEach: growing.growthPerSecond / instances,
      location: growsLocation,
    },
    growsIn: 'elements',
    container: inner,
  };
}

/** The last step before `named` that the source has a name for. A file as a whole is not what somebody looks for. */
function lastDeclared(path: readonly ReadStep[], from: number, named: number): number {
  return path.findLastIndex(
    ({ declared }, index) =>
      index >= from && index < named && declared !== null && declared.node.type !== 'Program',
  );
}

function insideOf(
  growing: GrowingContainer,
  path: readonly ReadStep[],
  from: number,
  owner: number,
  locate: (declared: Declared | null) => Holder['location'],
): Held {
  const { detail } = growing;
  const holder = path[owner];
  const next = path[owner + 1]?.step;
  const listeners = detail.type === 'listeners' ? lastListeners(path) : null;
  const instances = Math.max(1, detail.instances);
  const inside = path.slice(owner + 1).filter(({ step }) => isNamed(step));
  return {
    holder: {
      name: nameOf(holder),
      type: next === undefined ? 'Object' : ownerWords(next),
      size: detail.size,
      ...pathOf(path.slice(from), path),
      location: locate(holder.declared),
    },
    grows: {
      name: inside.map((read, index) => insideWords(nameOf(read), index)).join('') || nameOf(holder),
      type: listeners === null ? typeWords(detail.type) : listenersType(listeners),
      instances,
      perSecondInEach: growing.growthPerSecond / instances,
      location: null,
    },
    growsIn: 'itself',
    declared: holder.declared,
    container: null,
    timer: null,
    event: listeners?.event ?? null,
  };
}

/** What the holder is, by the step that leads on from it. */
function ownerWords(next: PathStep): string {
  if (next.kind === 'property' || next.kind === 'listeners') return next.owner;
  return next.kind === 'element' ? typeWords(next.of) : 'Object';
}

/** `_writableState[kBufferedValue]` */
function insideWords(name: string, index: number): string {
  const symbol = /^Symbol\((.*)\)$/.exec(name);
  if (symbol !== null) return `[${symbol[1] ?? ''}]`;
  return index === 0 ? name : `.${name}`;
}

type Place = (script: Script, node: AnyNode) => NonNullable<Holder['location']>;
type Outer = Omit<Held, 'grows' | 'growsIn' | 'container'>;

async function outerHolder(
  path: readonly ReadStep[],
  split: number,
  from: number,
  detail: ContainerDetail,
  scripts: Scripts,
): Promise<Outer> {
  const element = path[split];
  if (element.step.kind === 'timer') {
    // A timer keeps its callback, and that a variable. If the same thing is also put into a collection of the
    // program that nothing is ever taken out of, then that is where a reader looks for it.
    const captured = path.slice(split + 1).find(({ step }) => step.kind === 'variable')?.declared ?? null;
    const collection = captured === null ? null : await collectionOf(captured, scripts);
    if (collection !== null) {
      return {
        holder: {
          name: collection.declared.name,
          type: collection.type,
          size: detail.instances,
          path: [collection.declared.name],
          nodes: [{ name: collection.declared.name, state: 'alive', why: VARIABLE_WORDS }],
          location: null,
        },
        declared: collection.declared,
        timer: null,
        event: null,
      };
    }
    return {
      holder: {
        name: element.timer?.handle?.name ?? timerWords(element.step.repeat),
        type: `Timeout (${element.timer?.callee ?? (element.step.repeat ? 'setInterval' : 'setTimeout')})`,
        size: detail.instances,
        ...pathOf(path.slice(0, split + 1), path),
        location: null,
      },
      declared: null,
      timer: element.timer,
      event: null,
    };
  }
  const index = holderIndex(path, from, split);
  const holder = path[index];
  const size = element.step.kind === 'element' ? element.step.size : detail.instances;
  const ofListeners = element.step.kind === 'element' && element.step.of === 'listeners';
  const listeners = ofListeners ? lastListeners(path.slice(0, split)) : null;
  return {
    holder: {
      name: nameOf(holder),
      type: listeners
        ? listenersType(listeners)
        : typeWords(element.step.kind === 'element' ? element.step.of : 'Object'),
      size,
      ...pathOf(path.slice(from, index + 1), path),
      location: null,
    },
    declared: holder.declared,
    timer: null,
    event: listeners?.event ?? null,
  };
}

/** The named step whose collection the element is in. */
function holderIndex(path: readonly ReadStep[], from: number, element: number): number {
  return path.findLastIndex(({ step }, at) => at < element && at >= from && isNamed(step));
}

/** A module's variable, or what a file exports: there is one of it, and the program can always get at it. */
/** Whether what stands before this step on a way says nothing: the variables of a module are there without it. */
export function isOwnRoot(step: PathStep, declared: Declared | null): boolean {
  if (step.kind === 'exports') return true;
  if (declared !== null && declared.moduleLevel) return true;
  return step.kind === 'variable' && (step.scope === 'Module' || step.scope === 'Script');
}

function isElement(step: PathStep): boolean {
  return step.kind === 'element' || step.kind === 'timer';
}

function isNamed(step: PathStep): boolean {
  return step.kind === 'variable' || step.kind === 'property' || step.kind === 'exports';
}

/**
 * Whether the collection before an element is the one to name.
 *
 * A property of an element belongs to it. A variable that an element's function captures may be shared by all of
 * them, unless there are about as many as elements; the same goes for timers. The collection needs a name that the
 * source declares, or it is a queue inside Node; and a library's list of handlers is no holder of what the program
 * captures in one.
 */
function hasHolder(path: readonly ReadStep[], from: number, index: number, detail: ContainerDetail): boolean {
  const { step } = path[index];
  const behind = path.slice(index + 1);
  if (!behind.some((later) => isNamed(later.step)) && detail.type === 'listeners') return false;
  if (step.kind === 'timer') return detail.instances > 1;
  if (step.kind !== 'element') return false;
  const captured = behind.some((later) => later.step.kind === 'variable');
  if (captured && (detail.instances < 2 || detail.instances < step.size / 2)) return false;
  const holder = path[holderIndex(path, from, index)]?.declared ?? null;
  if (holder === null) return false;
  const container = path.findLast((later) => isNamed(later.step))?.declared ?? holder;
  return isOwn(holder) || !isOwn(container);
}

function isOwn(declared: Declared): boolean {
  return packageOf(declared.script.url) === null;
}

function timerHolder(
  detail: ContainerDetail,
  step: ReadStep | null,
  path: readonly ReadStep[],
  place: Place,
): Held {
  const timer = step?.timer ?? null;
  const repeat = step?.step.kind === 'timer' ? step.step.repeat : (detail.timers[0]?.repeat ?? true);
  return {
    holder: {
      name: timer?.handle?.name ?? timerWords(repeat),
      type: `Timeout (${timer?.callee ?? (repeat ? 'setInterval' : 'setTimeout')})`,
      size: detail.size,
      ...pathOf(path, path),
      location: timer === null ? null : timerPlace(timer, place),
    },
    grows: null,
    growsIn: null,
    declared: timer?.handle ?? null,
    container: timer?.handle ?? null,
    timer,
    event: null,
  };
}

function timerPlace(timer: TimerCall, place: Place): NonNullable<Holder['location']> {
  return place(timer.script, timer.node);
}

/** The module's collection a variable's value is put into, if nothing is ever taken out of that. */
async function collectionOf(
  captured: Declared,
  scripts: Scripts,
): Promise<{ readonly declared: Declared; readonly type: string } | null> {
  if (captured.kind !== 'variable' || captured.script.program === null) return null;
  const puts: { readonly path: readonly AnyNode[]; readonly method: string }[] = [];
  walk(captured.script.program, (node, path) => {
    if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression') return;
    const { property } = node.callee;
    if (property.type !== 'Identifier' || !Object.hasOwn(COLLECTION_BY_METHOD, property.name)) return;
    if (!node.arguments.some((argument) => argument.type === 'Identifier' && argument.name === captured.key))
      return;
    puts.push({ path: [...path, node.callee, node.callee.object], method: property.name });
  });
  for (const { path, method } of puts) {
    const argument = path
      .findLast((node) => node.type === 'CallExpression')
      ?.arguments.find((candidate) => candidate.type === 'Identifier' && candidate.name === captured.key);
    if (argument === undefined) continue;
    const same = await declaredBy(scripts, captured.script, [...path.slice(0, -2), argument]);
    if (same?.node !== captured.node) continue;
    const collection = await declaredBy(scripts, captured.script, path);
    if (collection?.moduleLevel) return { declared: collection, type: COLLECTION_BY_METHOD[method] ?? 'Map' };
  }
  return null;
}

const COLLECTION_BY_METHOD: Readonly<Record<string, string>> = { set: 'Map', add: 'Set', push: 'Array' };

/** Where a container without a name of its own is made: the place that puts it into the outer collection. */
async function createdAt(
  outer: Declared | null,
  scripts: Scripts,
  place: Place,
): Promise<NonNullable<Holder['location']> | null> {
  if (outer === null) return null;
  const [site] = await addSitesOf(outer, scripts, []);
  return site === undefined ? null : place(site.script, site.element ?? site.node);
}

function nameOf(read: ReadStep): string {
  if (read.declared !== null && read.declared.kind !== 'exports') return read.declared.name;
  const { step } = read;
  if (step.kind === 'variable' || step.kind === 'property') return step.name;
  return step.kind === 'exports' ? 'module.exports' : (read.declared?.name ?? '?');
}

function rootName(path: readonly ReadStep[]): string {
  const root = path[0]?.step;
  return root?.kind === 'root' ? root.name : '?';
}

function lastListeners(path: readonly ReadStep[]): Extract<PathStep, { kind: 'listeners' }> | null {
  const step = path.findLast(({ step }) => step.kind === 'listeners')?.step;
  return step?.kind === 'listeners' ? step : null;
}

function listenersType(step: PathStep): string {
  return step.kind === 'listeners' ? `${step.owner} (listeners of '${step.event}')` : 'listeners';
}

function typeWords(type: ContainerType): string {
  return type === 'timers' ? 'Timeout' : type === 'chain' ? 'chain of objects' : type;
}

function timerWords(repeat: boolean): string {
  return repeat ? 'interval' : 'timer';
}

/** The path in words, and what is known of each of its nodes. */
function pathOf(steps: readonly ReadStep[], whole: readonly ReadStep[]): Pick<Holder, 'path' | 'nodes'> {
  const nodes = pathNodes(steps, whole, nameOf);
  return { path: nodes.map(({ name }) => name), nodes };
}
