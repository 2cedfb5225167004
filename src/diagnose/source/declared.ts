import type { Script } from './script.ts';
import type { AnyNode } from './syntax.ts';

/** What the source says about a variable, a property or a module's exports: where it is declared, and as what. */
export type Declared = {
  readonly kind: 'variable' | 'property' | 'exports';
  /** The name in the script that runs; what a minifier left of it. */
  readonly key: string;
  /** The name the developer gave it. */
  readonly name: string;
  readonly script: Script;
  /** Where the name stands: its declaration, the key in an object literal, the `this.name = …`. */
  readonly node: AnyNode;
  readonly value: Value | null;
  /** There is one of it for each time the file is loaded: a module's variable, a static member, an export. */
  readonly moduleLevel: boolean;
  /** A static member of a class. */
  readonly isStatic: boolean;
  /** Found by its name only, nothing on the way said that it is this one. */
  readonly guessed: boolean;
};

/** An expression that makes a value. With `module`, what the file or the bundler's wrapper function `node` exports. */
export type Value = { readonly script: Script; readonly node: AnyNode; readonly module: boolean };
