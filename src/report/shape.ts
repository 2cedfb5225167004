/** What a value read from JSON must look like to be a `Value`. */
export type Shape<Value> = {
  /** What is wrong with it, as `path` and words; `null` if nothing is. */
  readonly problem: (value: unknown, path: string) => string | null;
  /** Only for the compiler: a shape of one type is none of another, wider or narrower. */
  readonly of?: (value: Value) => Value;
};

export function check<Value>(value: unknown, shape: Shape<Value>): string | null {
  return shape.problem(value, '');
}

export const text: Shape<string> = simple('a text', (value) => typeof value === 'string');
export const truth: Shape<boolean> = simple('true or false', (value) => typeof value === 'boolean');
/** JSON can spell numbers that are too large to be one. */
export const number: Shape<number> = simple('a number', (value) => Number.isFinite(value));

export function oneOf<const Words extends readonly string[]>(...words: Words): Shape<Words[number]> {
  return simple(words.map((word) => `"${word}"`).join(' or '), (value) => words.includes(value as string));
}

export function nullable<Value>(shape: Shape<Value>): Shape<Value | null> {
  return { problem: (value, path) => (value === null ? null : shape.problem(value, path)) };
}

export function list<Value>(shape: Shape<Value>): Shape<readonly Value[]> {
  return {
    problem(value, path) {
      if (!Array.isArray(value)) return mismatch(value, path, 'a list');
      for (const [index, item] of value.entries()) {
        const problem = shape.problem(item, `${path}[${index}]`);
        if (problem !== null) return problem;
      }
      return null;
    },
  };
}

export function pair<Value>(shape: Shape<Value>): Shape<readonly [Value, Value]> {
  const items = list(shape);
  return {
    problem: (value, path) =>
      items.problem(value, path) ??
      ((value as unknown[]).length === 2 ? null : mismatch(value, path, 'a list of two')),
  };
}

export function record<Value>(shape: Shape<Value>): Shape<Readonly<Record<string, Value>>> {
  return {
    problem(value, path) {
      if (!isObject(value)) return mismatch(value, path, 'an object');
      for (const [name, item] of Object.entries(value)) {
        const problem = shape.problem(item, joined(path, name));
        if (problem !== null) return problem;
      }
      return null;
    },
  };
}

/** Every field must be there; others may be. */
export function object<Value>(
  fields: { readonly [Name in keyof Value]-?: Shape<Value[Name]> },
): Shape<Value> {
  return {
    problem(value, path) {
      if (!isObject(value)) return mismatch(value, path, 'an object');
      for (const [name, shape] of Object.entries(fields as Record<string, Pick<Shape<unknown>, 'problem'>>)) {
        const problem = shape.problem(
          Object.hasOwn(value, name) ? value[name] : undefined,
          joined(path, name),
        );
        if (problem !== null) return problem;
      }
      return null;
    },
  };
}

function simple<Value>(wanted: string, fits: (value: unknown) => boolean): Shape<Value> {
  return { problem: (value, path) => (fits(value) ? null : mismatch(value, path, wanted)) };
}

function mismatch(value: unknown, path: string, wanted: string): string {
  const place = path === '' ? 'it' : path;
  return value === undefined ? `${place} is missing` : `${place} is not ${wanted}`;
}

function joined(path: string, name: string): string {
  const short = name.length > 60 ? `${name.slice(0, 60)}…` : name;
  return path === '' ? short : `${path}.${short}`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
