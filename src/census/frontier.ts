import { Shapes, type Shape } from './shape-tree.ts';

/** What a walk has met and not looked into yet: breadth first, each object once and by the first way that leads to it. */
export class Frontier {
  readonly shapes: Shapes = new Shapes();
  readonly #met = new WeakSet<object>();
  #queue: Entry[] = [];
  #head = 0;

  has(value: object): boolean {
    return this.#met.has(value);
  }

  /** Takes note of an object that is not to be looked into, or is at once. */
  mark(value: object): void {
    this.#met.add(value);
  }

  /** The next object to look into; `undefined` when there is none. */
  take(): Entry | undefined {
    const entry = this.#queue[this.#head];
    if (entry === undefined) {
      this.#queue = [];
      this.#head = 0;
    } else {
      this.#head += 1;
    }
    return entry;
  }

  /** `weight`: how many objects this one stands for. What is far away, or one of many of its shape, is left out. */
  push(value: object, shape: Shape, weight: number): void {
    if (this.#met.has(value)) return;
    this.#met.add(value);
    if (shape.depth > MAX_DEPTH || shape.visits >= VISITS_PER_SHAPE) return;
    shape.visits += 1;
    this.#queue.push({ value, shape, weight });
  }

  /** The same for what an instance of `constructor` called `owner` has under a name. */
  pushProperty(
    shape: Shape,
    name: string,
    value: object,
    owner: string,
    constructor: object | null,
    weight: number,
  ): void {
    if (this.#met.has(value)) return;
    this.push(value, this.propertyShape(shape, name, owner, constructor), weight);
  }

  propertyShape(shape: Shape, name: string, owner: string, constructor: object | null): Shape {
    return this.shapes.child(shape, `.${name}`, () => ({
      kind: 'property',
      name,
      owner,
      constructorRef: constructor === null ? null : new WeakRef(constructor),
      private: name.startsWith('#'),
    }));
  }
}

export type Entry = { readonly value: object; readonly shape: Shape; readonly weight: number };

const MAX_DEPTH = 40;
const VISITS_PER_SHAPE = 48;
