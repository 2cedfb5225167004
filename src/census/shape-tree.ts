import type { ContainerGroup, ContainerType } from '../core/census.ts';

/**
 * The shape of what a walk met: one node for each way from a root, with the elements of a collection folded into
 * one (`[*]`). It holds strings, numbers and weak references, so keeping it between walks keeps nothing alive.
 */
export type Shape = {
  readonly key: string;
  readonly parent: Shape | null;
  readonly step: RawStep;
  readonly depth: number;
  /** Objects of this shape that were expanded in this walk. */
  visits: number;
  container: ContainerTally | null;
  readonly childByLabel: Map<string, Shape>;
};

export type ContainerTally = {
  readonly type: ContainerType;
  /** Sums over the instances met, each weighted by how many it stands for. */
  instances: number;
  size: number;
  atMs: number;
  /** A few of the instances, for a closer look or a trap; the largest is among them. */
  readonly refs: WeakRef<object>[];
  largest: number;
  /** What a trap is set on, one for each of `refs`: the container, or the EventTarget whose listeners it stands for. */
  readonly trapped: WeakRef<object>[];
  /** One of the instances had too many keys to be listed again: its size is an old one. */
  isUncounted: boolean;
  /** Of a chain by what functions capture: the variable; `null` of any other. */
  capturedLink: PropertyKey | null;
};

/** A `PathStep` before its scripts are resolved to URLs. */
export type RawStep =
  | { readonly kind: 'root'; readonly name: string }
  | {
      readonly kind: 'variable';
      readonly name: string;
      readonly scope: string;
      readonly function: RawLocation | null;
    }
  | {
      readonly kind: 'property';
      readonly name: string;
      readonly owner: string;
      readonly constructorRef: WeakRef<object> | null;
      readonly private: boolean;
    }
  | { readonly kind: 'exports'; readonly file: string }
  | {
      readonly kind: 'element';
      readonly of: ContainerType;
      size: number;
      /** Of a chain's nodes: the properties that lead to their neighbours, which are nodes themselves. */
      readonly links?: ReadonlySet<PropertyKey>;
    }
  | {
      readonly kind: 'listeners';
      readonly event: string;
      readonly owner: string;
      readonly ofTarget?: boolean;
    }
  | {
      readonly kind: 'timer';
      readonly repeat: boolean;
      readonly intervalMs: number;
      callback: RawLocation | null;
    };

/** `[[FunctionLocation]]` as the inspector gives it: lines and columns from 0. */
export type RawLocation = {
  readonly scriptId: string;
  readonly line: number;
  readonly column: number;
  readonly function: string | null;
};

/** The shapes of one walk by their keys. */
export class Shapes {
  readonly #shapeByKey = new Map<string, Shape>();

  get(key: string): Shape | undefined {
    return this.#shapeByKey.get(key);
  }

  values(): IterableIterator<Shape> {
    return this.#shapeByKey.values();
  }

  root(name: string): Shape {
    const known = this.#shapeByKey.get(rootKey(name));
    if (known !== undefined) return known;
    const shape = rootShape(name);
    this.#shapeByKey.set(shape.key, shape);
    return shape;
  }

  child(parent: Shape, label: string, step: () => RawStep): Shape {
    const child = childShape(parent, label, step);
    this.#shapeByKey.set(child.key, child);
    return child;
  }

  /**
   * What stays in the target between walks are the containers and the ways to them: some hundred shapes of many
   * thousand. The rest would be megabytes, which the floor would show as the program's.
   */
  keepContainersOnly(): void {
    for (const [key, shape] of this.#shapeByKey) {
      shape.childByLabel.clear();
      if (shape.container === null || shape.container.size < 1) this.#shapeByKey.delete(key);
    }
  }

  groups(): ContainerGroup[] {
    const groups: ContainerGroup[] = [];
    for (const { key, container } of this.#shapeByKey.values()) {
      if (container === null || container.size < 1) continue;
      const { type, instances, size, atMs, isUncounted } = container;
      const group = { key, type, instances: Math.round(instances), size: Math.round(size), atMs };
      groups.push(isUncounted ? { ...group, uncounted: true } : group);
    }
    return groups;
  }
}

export function rootShape(name: string): Shape {
  return newShape(rootKey(name), null, { kind: 'root', name });
}

/** The child of `parent` under `label`, made on first use. */
export function childShape(parent: Shape, label: string, step: () => RawStep): Shape {
  const known = parent.childByLabel.get(label);
  if (known !== undefined) return known;
  const child = newShape(`${parent.key}${label}`, parent, step());
  parent.childByLabel.set(label, child);
  return child;
}

/** Books one container of this shape. Where it has containers of several types, those of the first that was met are told. */
export function tally(
  shape: Shape,
  type: ContainerType,
  size: number,
  weight: number,
  container: object,
  atMs: number,
  trapped: object = container,
): void {
  shape.container ??= {
    type,
    instances: 0,
    size: 0,
    atMs,
    refs: [],
    largest: 0,
    trapped: [],
    isUncounted: false,
    capturedLink: null,
  };
  const tallied = shape.container;
  if (tallied.type !== type) return;
  tallied.instances += weight;
  tallied.size += size * weight;
  tallied.atMs = atMs;
  const isFull = tallied.refs.length >= MAX_REFS;
  if (isFull && size <= tallied.largest) return;
  tallied.largest = Math.max(tallied.largest, size);
  if (isFull) {
    tallied.refs.pop();
    tallied.trapped.pop();
  }
  tallied.refs.push(new WeakRef(container));
  tallied.trapped.push(new WeakRef(trapped));
}

const MAX_REFS = 16;

function rootKey(name: string): string {
  return `<${name}>`;
}

function newShape(key: string, parent: Shape | null, step: RawStep): Shape {
  return {
    key,
    parent,
    step,
    depth: parent === null ? 0 : parent.depth + 1,
    visits: 0,
    container: null,
    childByLabel: new Map(),
  };
}
