import type { DiagnoseContext } from './growing-container.ts';
import type { LeakCase } from './leak-case.ts';
import type { Declared } from './source/declared.ts';
import { packageOf } from './source/original-location.ts';
import { referencesTo } from './source/references.ts';
import { removalSitesOf } from './source/removal-sites.ts';
import type { Script, Scripts } from './source/script.ts';
import type { NodePath } from './source/syntax.ts';

/**
 * Whether nothing in sight ends the growth of a container, so that it can be no cache that fills up, no ring and no queue that
 * is emptied later: entries were seen to come by its own methods and none to leave, no file of its owner takes any out,
 * writes over them or gives the container away, and what is added is new each time. What is filed under a key that may
 * come again is full when all keys have come.
 *
 * Reads every file of the program once, as far as they are not read already.
 */
export async function isEndless(
  leak: LeakCase,
  context: DiagnoseContext,
  scripts: Scripts,
): Promise<boolean> {
  const { held, added, bound, removals, growing } = leak;
  const { container } = held;
  if (growing.detail.type === 'timers') return added !== null && areNeverCleared(leak);
  if (container === null || held.holder.location === null || added === null) return false;
  if (bound !== null || removals.length > 0 || !wasSeenToGain(leak) || !isNewEachTime(leak)) return false;
  const files = await filesAround(container, context, scripts);
  if (files === null || (await removalSitesOf(container, scripts, files)).length > 0) return false;
  const references = await referencesTo(container, scripts, files);
  return !references.some(
    ({ path }) =>
      givesAway(path) || asksForSize(path) || (growing.detail.type === 'Array' && writesOver(path)),
  );
}

function wasSeenToGain({ growing: { trap } }: LeakCase): boolean {
  return trap !== null && trap.set && trap.additions.length > 0 && trap.removals === 0;
}

function areNeverCleared({ timers }: LeakCase): boolean {
  return timers.length > 0 && timers.every(({ repeat, clears }) => repeat && clears.length === 0);
}

/** Objects in an array, a set or a list of listeners are; keys only where the text shows that they never repeat. */
function isNewEachTime({ growing, readBack, cacheKey, zombies }: LeakCase): boolean {
  const { type, elementType } = growing.detail;
  if (zombies !== null) return true;
  if (type === 'Object' || type === 'Map') return cacheKey !== null && cacheKey.fresh !== null;
  if (type === 'Set') return !readBack && !PRIMITIVE.test(elementType);
  return !readBack;
}

/** As `typeof` has them; classes begin with a capital letter. */
const PRIMITIVE = /^(string|number|bigint|boolean|symbol|undefined)$/;

/** All files that may do something with it: the program's own, and those of its package. `null` if they are too many to read. */
async function filesAround(
  { script }: Declared,
  { programScripts = [] }: DiagnoseContext,
  scripts: Scripts,
): Promise<Script[] | null> {
  const owner = packageOf(script.url);
  const urls = programScripts.filter((url) => [null, owner].includes(packageOf(url)));
  if (urls.length > MAX_FILES) return null;
  const found = await Promise.all(urls.map((url) => scripts.find(url)));
  return found.filter((one) => one !== null);
}

/** Parsing that many takes some seconds. */
const MAX_FILES = 400;

/** Whether somebody gets it who may take entries out under another name. What a module exports is followed anyway. */
function givesAway(path: NodePath): boolean {
  const node = path[path.length - 1];
  const parent = path[path.length - 2];
  if (parent === undefined) return false;
  switch (parent.type) {
    case 'CallExpression':
    case 'NewExpression':
      return parent.arguments.includes(node as never);
    case 'ReturnStatement':
    case 'ArrayExpression':
    case 'YieldExpression':
      return true;
    case 'ArrowFunctionExpression':
      return parent.body === node;
    case 'VariableDeclarator':
      return parent.init === node;
    case 'Property':
      return !isExport(path);
    case 'AssignmentExpression':
      return parent.right === node && !isExport(path);
    default:
      return false;
  }
}

/** `if (pool.length < MAX) pool.push(…)`: somebody cares how large it is. That it is not empty is no bound. */
function asksForSize(path: NodePath): boolean {
  const [use, member, node] = path.slice(-3);
  if (member?.type !== 'MemberExpression' || member.object !== node || member.computed) return false;
  if (member.property.type !== 'Identifier' || !/^(length|size)$/.test(member.property.name)) return false;
  if (use?.type === 'VariableDeclarator') return true;
  if (use?.type !== 'BinaryExpression' || !/[<>=]/.test(use.operator)) return false;
  const other = use.left === member ? use.right : use.left;
  return !(other.type === 'Literal' && other.value === 0);
}

/** `ring[next] = trace`: the place may have been another's. */
function writesOver(path: NodePath): boolean {
  const [use, member, node] = path.slice(-3);
  return (
    member?.type === 'MemberExpression' &&
    member.object === node &&
    member.computed &&
    use?.type === 'AssignmentExpression' &&
    use.left === member
  );
}

/** `module.exports = { sessions }`, `exports.sessions = sessions`. */
function isExport(path: NodePath): boolean {
  const assignment = path.findLast((node) => node.type === 'AssignmentExpression');
  if (assignment?.type !== 'AssignmentExpression' || assignment.left.type !== 'MemberExpression')
    return false;
  const { object, property } = assignment.left;
  const isModuleExports = (node: typeof object): boolean =>
    node.type === 'MemberExpression' &&
    node.object.type === 'Identifier' &&
    node.object.name === 'module' &&
    node.property.type === 'Identifier' &&
    node.property.name === 'exports';
  return (
    isModuleExports(assignment.left) ||
    isModuleExports(object) ||
    (object.type === 'Identifier' && object.name === 'exports' && property.type === 'Identifier')
  );
}
