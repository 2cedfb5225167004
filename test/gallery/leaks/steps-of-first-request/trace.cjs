'use strict';

class Trace {
  constructor(url) {
    this.url = url;
    this.startedAt = performance.now();
    this.steps = [];
    // ^^ leak: held by
  }

  add(name, facts) {
    this.steps.push({ name, facts, afterMs: this.tookMs });
    // ^^ leak: added at
  }

  get tookMs() {
    return performance.now() - this.startedAt;
  }
}

module.exports = { Trace };
