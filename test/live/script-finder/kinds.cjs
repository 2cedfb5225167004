#!/usr/bin/env node
// Every kind of function that JavaScript has.
const key = 'computed';

class Plain {
  value = 1;
}

class Long {
  /** Whose place is its constructor, behind more text than a question has. */
  first() {
    return 'What stands here is of no interest, but it has to be longer than the beginning of a class that is sent.';
  }

  second() {
    return 'What stands here is of no interest, but it has to be longer than the beginning of a class that is sent.';
  }

  constructor(value) {
    this.value = value;
  }

  get size() {
    return this.value.length;
  }

  set size(length) {
    this.value.length = length;
  }

  static async *[key]() {
    yield 1;
  }

  static #hidden = () => 1;

  static shown() {
    return Long.#hidden();
  }
}

module.exports = {
  Plain,
  Long,
  arrow: (value) => value,
  // biome-ignore format: a parameter without parentheses has a place of its own
  bare: value => [value],
  async: async () => 1,
  asyncBare: async function () {},
  *generator() {
    yield 2;
  },
  method(a, b = () => a) {
    return b;
  },
  async asyncMethod() {},
  get got() {
    return 3;
  },
  [key]() {},
  expression: function named() {},
  nested: (() => {
    const inner = () => () => 'inner';
    return [inner, inner()];
  })(),
};
