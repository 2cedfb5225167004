import type { ScriptLocation } from '../../core/location.ts';
import { functionsCalled } from '../source/called-functions.ts';
import { calledName, type FunctionAt, functionAtFrame, walkOwn } from '../source/function-at.ts';
import { nameAround } from '../source/function-name.ts';
import { positionAt, type Scripts } from '../source/script.ts';
import type { AnyNode } from '../source/syntax.ts';

/**
 * The frames of a sampled stack, with those put back that V8's compiler took out of it.
 *
 * In a server under load the compiler puts small functions into their callers, and V8's sampler walks the frames that there
 * are in machine code (`JavaScriptStackFrameIterator` in V8's sampling-heap-profiler.cc): a stack then goes from `register`
 * straight to the handler, though the handler's text calls no `register`. Where just one function that the handler calls,
 * or that such a one calls, does call it, that is the one that is missing. Where more than one does, the stack stays as it is.
 */
export async function withInlinedCallers(
  frames: readonly ScriptLocation[],
  scripts: Scripts,
): Promise<readonly ScriptLocation[]> {
  const whole: ScriptLocation[] = [];
  for (const [index, frame] of frames.entries()) {
    const inner = frames[index - 1];
    if (inner !== undefined) whole.push(...(await missingBetween(inner, frame, scripts)));
    whole.push(frame);
  }
  return whole;
}

/** Innermost first. */
async function missingBetween(
  inner: ScriptLocation,
  frame: ScriptLocation,
  scripts: Scripts,
): Promise<ScriptLocation[]> {
  const outer = await functionAtFrame(frame, scripts);
  if (outer === null) return [];
  const called: Called = { name: lastName(inner), fn: await functionAtFrame(inner, scripts) };
  if ((called.name === null && called.fn === null) || calls(outer, called)) return [];
  let level: Way[] = [{ fn: outer, through: [] }];
  const met = new Set<AnyNode>([outer.node]);
  for (let depth = 0; depth < MOST_INLINED; depth += 1) {
    const next: Way[] = [];
    for (const { fn, through } of level) {
      for (const callee of await functionsCalled(fn, scripts)) {
        if (met.has(callee.node) || met.size > MOST_LOOKED_AT) continue;
        met.add(callee.node);
        next.push({ fn: callee, through: [callee, ...through] });
      }
    }
    const found = next.filter(({ fn }) => calls(fn, called));
    if (found.length > 0) return found.length === 1 ? found[0].through.map(frameOf) : [];
    level = next;
  }
  return [];
}

/** V8 inlines further than this; but what is called that far away may be called from many places. */
const MOST_INLINED = 3;
const MOST_LOOKED_AT = 100;

type Way = { readonly fn: FunctionAt; readonly through: readonly FunctionAt[] };
type Called = { readonly name: string | null; readonly fn: FunctionAt | null };

function calls(fn: FunctionAt, { name, fn: callee }: Called): boolean {
  let found = false;
  walkOwn(fn, (node) => {
    const ownName = calledName(node);
    if (ownName === undefined || (node.type !== 'CallExpression' && node.type !== 'NewExpression')) return;
    const isHandedOn = callee !== null && INLINED_CALLERS.has(ownName) && hasArgument(node, callee.node);
    if (ownName === name || isHandedOn) found = true;
  });
  return found;
}

/** Builtins that V8 puts into their callers too, so that what they call has no frame between (V8's js-call-reducer.cc). */
const INLINED_CALLERS: ReadonlySet<string> = new Set([
  'forEach',
  'map',
  'filter',
  'find',
  'findIndex',
  'some',
  'every',
  'reduce',
  'reduceRight',
]);

function hasArgument(
  { arguments: passed }: Extract<AnyNode, { type: 'CallExpression' | 'NewExpression' }>,
  node: AnyNode,
): boolean {
  return (passed as AnyNode[]).includes(node);
}

/** `add` of `Store.add`, `Lease` of `new Lease`; `null` for a function without a name. */
function lastName({ function: name }: ScriptLocation): string | null {
  const last = name?.replace(/^.*[.\s]/, '') ?? '';
  return last === '' ? null : last;
}

/** As V8 would have told it. */
function frameOf({ script, node, path }: FunctionAt): ScriptLocation {
  const { line, column } = positionAt(script, node.start);
  return { url: script.url, line, column, function: nameAround(script, path) };
}
