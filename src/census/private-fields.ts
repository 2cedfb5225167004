import { hasPrivateNames, writesPrivateName } from './function-sources.ts';
import type { CensusHost } from './host.ts';
import { constructorsOf, holdsError } from './objects.ts';

/**
 * The objects in private fields, which the inspector reads at some 0.3 ms an instance. So only instances of classes that
 * write `#name` anywhere are asked, and of a class a few hundred: what they have, the others have likewise.
 */
export class PrivateFields {
  readonly #host: CensusHost;
  readonly #hasNamesByClass = new Map<object, boolean>();
  readonly #askedByClass = new Map<object, { instances: number; found: number }>();

  constructor(host: CensusHost) {
    this.#host = host;
  }

  /** `owner` is the name of its class. None if the class has no private names, or has been asked often enough. */
  of(object: object, owner: string): PrivateField[] {
    // A subclass that has none itself has those of the class above.
    const constructors = constructorsOf(object);
    const classes = constructors.filter((one) => this.#hasNames(one));
    const [nearest] = classes;
    if (nearest === undefined) return [];
    const asked = this.#askedByClass.get(nearest) ?? { instances: 0, found: 0 };
    if (asked.instances >= MAX_ASKED_OF_CLASS) return [];
    // An AbortController gets its signal when that is first asked for.
    if (asked.instances >= MAX_ASKED_IN_VAIN && asked.found === 0 && owner !== 'AbortController') return [];
    this.#askedByClass.set(nearest, asked);
    asked.instances += 1;
    if (holdsError(object, this.#host.types)) return [];
    const fields = this.#host.scopes.readPrivateFields(object);
    asked.found += fields.length;
    return fields.map(({ name, value }) => {
      const declaredBy = classes.find((one) => writesPrivateName(one, name)) ?? constructors[0] ?? null;
      return { name, value, declaredBy };
    });
  }

  /** Whether its class writes private names, and it is safe to ask what is in them. */
  has(object: object): boolean {
    return constructorsOf(object).some((one) => this.#hasNames(one)) && !holdsError(object, this.#host.types);
  }

  #hasNames(constructor: object): boolean {
    let known = this.#hasNamesByClass.get(constructor);
    if (known === undefined) {
      known = hasPrivateNames(constructor);
      this.#hasNamesByClass.set(constructor, known);
    }
    return known;
  }
}

export type PrivateField = {
  readonly name: string;
  readonly value: object;
  /** The class whose text has it: that of the instance or one above. */
  readonly declaredBy: object | null;
};

const MAX_ASKED_OF_CLASS = 500;
const MAX_ASKED_IN_VAIN = 50;
