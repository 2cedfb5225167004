'use strict';

const { createHash, randomUUID } = require('node:crypto');

class Upload {
  static #completed = 0;
  static #cancelled = 0;

  static #open = new Map();
  // ^^ leak: held by

  static begin(name, parts) {
    const upload = new Upload(name, parts);
    Upload.#open.set(upload.id, upload);
    // ^^ leak: added at
    return upload;
  }

  static find(id) {
    return Upload.#open.get(id);
  }

  static statistics() {
    return { open: Upload.#open.size, completed: Upload.#completed, cancelled: Upload.#cancelled };
  }

  #state = 'open';

  constructor(name, parts) {
    this.id = randomUUID();
    this.name = name;
    this.startedAt = new Date();
    this.parts = parts.map((part, index) => ({ number: index + 1, ...part, receivedAt: null }));
  }

  receive(number, bytes) {
    const part = this.parts[number - 1];
    if (this.#state !== 'open' || part === undefined) throw new Error(`no part ${number} is expected`);
    const sha = createHash('sha256').update(bytes).digest('hex');
    part.receivedAt = new Date();
    return { number, sha, missing: this.parts.filter((one) => one.receivedAt === null).length };
  }

  complete() {
    this.#state = 'complete';
    Upload.#completed += 1;
    Upload.#open.delete(this.id);
    return { id: this.id, name: this.name, parts: this.parts.length };
  }

  cancel() {
    this.#state = 'cancelled';
    Upload.#cancelled += 1;
    return { id: this.id, cancelled: true };
  }
}

module.exports = { Upload };
