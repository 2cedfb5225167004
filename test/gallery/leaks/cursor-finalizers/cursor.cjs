'use strict';

// Whoever forgets to close a cursor has it closed when it is collected.
const forgotten = new FinalizationRegistry((close) => close());
// ^^ leak: held by

class Cursor {
  static openCount = 0;

  #rows;
  #at = 0;
  #isOpen = true;

  constructor(rows) {
    this.#rows = rows;
    Cursor.openCount += 1;
    forgotten.register(this, () => this.close(), this);
    // ^^ leak: added at
  }

  get length() {
    return this.#rows.length;
  }

  get isDone() {
    return this.#at >= this.#rows.length;
  }

  read(count) {
    if (!this.#isOpen) throw new Error('the cursor is closed');
    const rows = this.#rows.slice(this.#at, this.#at + count);
    this.#at += rows.length;
    return rows;
  }

  close() {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    Cursor.openCount -= 1;
    forgotten.unregister(this);
  }
}

module.exports = { Cursor };
