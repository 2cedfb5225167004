/**
 * Which functions are worth asking the inspector about, at 0.2 ms each: two of every source. A server has one handler
 * written once and a closure of it for every connection; two show what all of them capture.
 */
export class FunctionSources {
  readonly #countByKey = new Map<string, number>();

  /** True for the first two functions with this source; false for native ones. */
  take(fn: object): boolean {
    const source = sourceOf(fn);
    if (source.length > MAX_SOURCE_LENGTH || source.endsWith(NATIVE_END)) return false;
    const key = sourceKey(source);
    const count = this.#countByKey.get(key) ?? 0;
    if (count >= SAMPLES_PER_SOURCE) return false;
    this.#countByKey.set(key, count + 1);
    return true;
  }
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

const toSource = Function.prototype.toString;

/** V8 answers with a slice of the script: no copy of the text is made. */
function sourceOf(fn: object): string {
  return Reflect.apply(toSource, fn, []);
}

function sourceKey(source: string): string {
  return `${source.length}:${source.slice(0, 80)}:${source.slice(-40)}`;
}

const SAMPLES_PER_SOURCE = 2;
const NATIVE_END = '{ [native code] }';
/** The inspector copies the text of every function it hands out. */
const MAX_SOURCE_LENGTH = 400_000;
const MAX_SCANNED_LENGTH = 100_000;
