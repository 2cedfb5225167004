import type { FunctionExcerpt } from '../core/function-excerpt.ts';
import { ownValue } from './own-value.ts';
import type { RawLocation } from './shape-tree.ts';

/**
 * Which functions are worth asking the inspector about, at 0.2 ms each: two of every source. A server has one handler
 * written once and a closure of it for every connection; two show what all of them capture. Of bound functions, whose text
 * V8 does not tell, some of every name: two classes may each bind a method of that name.
 */
export class FunctionSources {
  readonly #countByKey = new Map<string, number>();

  /** True for the first two functions with this source; false for native ones that are not bound. */
  take(fn: object): boolean {
    const source = sourceOf(fn);
    if (source.length > MAX_SOURCE_LENGTH) return false;
    const name = boundName(fn);
    if (name === null && source.endsWith(NATIVE_END)) return false;
    const key = name ?? sourceKey(source);
    const count = this.#countByKey.get(key) ?? 0;
    if (count >= (name === null ? SAMPLES_PER_SOURCE : SAMPLES_PER_BOUND_NAME)) return false;
    this.#countByKey.set(key, count + 1);
    return true;
  }
}

/**
 * The name of a bound function, `bound ` included; `null` of any other. Whoever renames one keeps to himself what it keeps:
 * asking the inspector about every native function would cost more than that.
 */
export function boundName(fn: object): string | null {
  const name = ownValue(fn, 'name');
  return typeof name === 'string' && name.startsWith('bound ') ? name : null;
}

/** Whether a class writes `#name` anywhere. */
export function hasPrivateNames(constructor: object): boolean {
  const source = classSource(constructor);
  return source.startsWith('class') && /[\s.{;]#[A-Za-z_$]/.test(source);
}

/** Whether a class writes this private name: of two classes in a line, the one that has the field. */
export function writesPrivateName(constructor: object, name: string): boolean {
  const source = classSource(constructor);
  for (let at = source.indexOf(name); at >= 0; at = source.indexOf(name, at + 1)) {
    if (!/[\w$]/.test(source.charAt(at + name.length))) return true;
  }
  return false;
}

/** The text of a class, as far as it is looked through. */
export function classSource(constructor: object): string {
  return sourceOf(constructor).slice(0, MAX_SCANNED_LENGTH);
}

/** The same for every closure of one function literal, without hashing its whole text. */
export function functionKey(fn: object): string {
  return sourceKey(sourceOf(fn));
}

/** What finds the script of a function by its text; 0.2 KB to send, and no copy of what is long. */
export function excerptOf(fn: object, { scriptId, line, column }: RawLocation): FunctionExcerpt {
  const source = sourceOf(fn);
  const [head, tail] = [source.slice(0, HEAD_LENGTH), source.slice(-TAIL_LENGTH)];
  return { scriptId, line, column, head, tail, length: source.length };
}

/** Whether `new Function` made it, whose text is in no file. What that text has within can't be told from any other function. */
export function isMadeFunction(fn: object): boolean {
  return /^(?:async )?function\*? anonymous\(/.test(sourceOf(fn));
}

/** Whether it was written as a method, in a class or an object literal: `get size() {…}`, `async *all() {…}`. */
export function isMethod(fn: object): boolean {
  const start = sourceOf(fn).slice(0, START_LENGTH);
  return METHOD.test(start) && !NO_METHOD.test(start);
}

/** Whether it was written with a name of its own, or is a class: `function f() {…}`, `class {…}`. */
export function isDeclaration(fn: object): boolean {
  return DECLARATION.test(sourceOf(fn).slice(0, START_LENGTH));
}

const START_LENGTH = 200;
const METHOD = /^(?:(?:static|async|get|set)\s+|\*\s*)*(?:[\p{ID_Start}$_#][\p{ID_Continue}$]*|\[|['"\d])/u;
/** `async (a) => …`, `a => …` and `(a) => …` are none; a method called `async` is taken for one of them. */
const NO_METHOD = /^(?:async\b\s*)?(?:function\b|class\b|\(|[\p{ID_Continue}$]+\s*=>)/u;
const DECLARATION = /^(?:class\b|(?:async\s+)?function\b\s*\*?\s*[\p{ID_Start}$_])/u;

const toSource = Function.prototype.toString;

/** V8 answers with a slice of the script: no copy of the text is made. */
function sourceOf(fn: object): string {
  return Reflect.apply(toSource, fn, []);
}

function sourceKey(source: string): string {
  return `${source.length}:${source.slice(0, 80)}:${source.slice(-40)}`;
}

const HEAD_LENGTH = 300;
const TAIL_LENGTH = 100;
const SAMPLES_PER_SOURCE = 2;
const SAMPLES_PER_BOUND_NAME = 8;
const NATIVE_END = '{ [native code] }';
/** The inspector copies the text of every function it hands out. */
const MAX_SOURCE_LENGTH = 400_000;
const MAX_SCANNED_LENGTH = 100_000;
