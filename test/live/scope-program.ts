import type { CDPSession, Page } from 'playwright-core';

export type ExpectedVariable = {
  readonly within: string | null;
  readonly name: string;
  readonly label: string;
  readonly isHeldElsewhere: boolean;
};

/** Runs the programs in a page, and returns what they say of themselves. */
export async function scopePage(page: Page): Promise<readonly ExpectedVariable[]> {
  await page.addScriptTag({ content: SCOPE_PROGRAM });
  await page.addScriptTag({ content: SLOPPY_PROGRAM });
  // Not as `addScriptTag` does: it waits for a script's end, and one of these has none.
  for (const text of [MODULE_PROGRAM, WAITED_MODULE_PROGRAM, WAITING_MODULE_PROGRAM]) {
    await page.evaluate(`{
      const script = document.createElement('script');
      script.type = 'module';
      script.textContent = ${JSON.stringify(text)};
      document.head.append(script);
    }`);
  }
  await page.waitForFunction(
    'globalThis.isModuleWaiting && globalThis.hasModuleWaited && expected.filter(({ within }) => within === null).length === 3',
  );
  return page.evaluate<ExpectedVariable[]>('expected');
}

/** As DevTools takes it. */
export async function snapshotOf(protocol: CDPSession): Promise<Buffer> {
  const chunks: string[] = [];
  const collect = ({ chunk }: { readonly chunk: string }): void => void chunks.push(chunk);
  protocol.on('HeapProfiler.addHeapSnapshotChunk', collect);
  await protocol.send('HeapProfiler.takeHeapSnapshot', {
    reportProgress: false,
    captureNumericValue: true,
    exposeInternals: true,
  });
  protocol.off('HeapProfiler.addHeapSnapshotChunk', collect);
  return Buffer.from(chunks.join(''));
}

/**
 * A program for a page that captures variables in every way there is, and knows which of them nothing left uses: it writes
 * them down as it goes, in `expected`. Values are told apart by a label, and each holds a typed array of its own size.
 */
export const SCOPE_PROGRAM = `'use strict';
{
  // On the global object, so that nothing is captured but what is meant to be.
  globalThis.expected = [];
  globalThis.kept = [];
  globalThis.step = 0;
  globalThis.Value = class Value {
    constructor(label) {
      // Joined with +, it would be two strings to V8.
      this.label = ['canary', label].join('-');
      globalThis.step += 1;
      this.bytes = new Uint8Array(1000 * step);
    }
  };
  globalThis.value = (label) => new Value(label);
  /** Of a function, a variable that is unused and the label of its value. */
  globalThis.unused = (within, name, label, isHeldElsewhere = false) =>
    expected.push({ within, name, label: 'canary-' + label, isHeldElsewhere });

  // Two instances of one scope: all functions made in it share a context.
  function shared(number) {
    const used = value('used-' + number);
    const dead = value('dead-' + number);
    function live() { return used; }
    function never() { return dead; }
    return live;
  }
  for (const number of [1, 2]) { kept.push(shared(number)); unused('shared', 'dead', 'dead-' + number); }

  // Of one the user is left, of the other not.
  function either(number, keepsUser) {
    const maybe = value('maybe-' + number);
    const other = value('other-' + number);
    const user = () => maybe;
    const beside = () => other;
    return keepsUser ? [user, beside] : [beside];
  }
  kept.push(either(1, true), either(2, false));
  unused('either', 'maybe', 'maybe-2');

  // What is not made yet can be made by a function that is left.
  function nest() {
    const deep = value('deep');
    const gone = value('gone');
    function middle() { return function inner() { return deep; }; }
    (() => gone)();
    return middle;
  }
  kept.push(nest());
  unused('nest', 'gone', 'gone');

  function* generates(tag) {
    const first = value('first-' + tag);
    const second = value('second-' + tag);
    yield (() => first)();
    yield (() => second)();
  }
  const waiting = generates('waiting');
  waiting.next();
  const ended = generates('ended');
  for (const _ of ended);
  kept.push(waiting, ended);
  unused('generates', 'first', 'first-ended');
  unused('generates', 'second', 'second-ended');

  async function* generatesLater(tag) {
    const each = value('each-' + tag);
    yield (() => each)();
  }
  const waitsLater = generatesLater('waiting');
  waitsLater.next();
  kept.push(waitsLater);

  // An async function that waits can come to all that is its own; around it only what it uses.
  function around() {
    const before = value('before');
    const after = value('after');
    (() => before)();
    return async function waits(promise) {
      const own = value('own');
      (() => own)();
      await promise;
      return after;
    };
  }
  globalThis.forever = new Promise((resolve) => { globalThis.resolveForever = resolve; });
  around()(forever);
  unused('around', 'before', 'before');

  async function ends() {
    const left = value('left');
    const used = value('ends-used');
    await 0;
    (() => left)();
    kept.push(() => used);
  }
  ends();
  unused('ends', 'left', 'left');

  // A turn of a loop has a context of its own.
  function turns() {
    const made = [];
    for (let at = 0; at < 3; at += 1) {
      const uses = value('uses-' + at);
      const drops = value('drops-' + at);
      made.push(() => uses);
      (() => drops)();
      unused('turns', 'drops', 'drops-' + at);
    }
    return made;
  }
  kept.push(turns());

  function catches() {
    try {
      throw value('caught');
    } catch (caught) {
      const beside = value('catch-used');
      (() => caught)();
      return () => beside;
    }
  }
  kept.push(catches());
  unused('catches', 'caught', 'caught');

  // Nothing is known of a scope in which text is evaluated.
  function evaluates() {
    const seen = value('evaluated');
    const other = value('evaluated-other');
    return eval('() => seen');
  }
  kept.push(evaluates());

  function heldElsewhere() {
    const also = value('also');
    const user = value('also-used');
    (() => also)();
    kept.push(also);
    return () => user;
  }
  kept.push(heldElsewhere());
  unused('heldElsewhere', 'also', 'also', true);

  // What V8 still has of a function that is gone is its own business; so none of these goes.
  kept.push(shared, either, nest, generates, around, ends, turns, catches, evaluates, heldElsewhere);

  // But one does, and V8 has its name in the description of its scope.
  kept.push((function wasOnce() {
    const ran = value('ran');
    const runs = value('ran-used');
    (() => ran)();
    return () => runs;
  })());
  unused('wasOnce', 'ran', 'ran');

  const make = new Function('value', [
    "const made = value('made');",
    "const spare = value('spare');",
    '(() => spare)();',
    'return () => made;',
    '//# sourceURL=http://leakline.test/made.js',
  ].join('\\n'));
  kept.push(make(value), make);
  // V8 keeps no name for it: \`anonymous\` is a property.
  unused(null, 'spare', 'spare');
}
//# sourceURL=http://leakline.test/program.js`;

/** Sloppy: an `arguments` object shows the parameters, and a \`with\` looks names up when it runs. */
export const SLOPPY_PROGRAM = `{
  function shows(parameter) { (() => parameter)(); return arguments; }
  kept.push(shows(new Object({ label: 'canary-parameter' })));
  function looksUp(scope) {
    const found = { label: 'canary-found' };
    const lost = { label: 'canary-lost' };
    (() => lost)();
    return () => { with (scope) { return found; } };
  }
  kept.push(looksUp({}), looksUp);
  expected.push({ within: 'looksUp', name: 'lost', label: 'canary-lost', isHeldElsewhere: false });
}
//# sourceURL=http://leakline.test/sloppy.js`;

export const MODULE_PROGRAM = `
const used = { label: 'canary-module-used' };
const dead = { label: 'canary-module-dead' };
(() => dead)();
globalThis.kept.push(() => used);
globalThis.expected.push({ within: null, name: 'dead', label: 'canary-module-dead', isHeldElsewhere: false });
//# sourceURL=http://leakline.test/module.js`;

/** Has waited in its own text, and is over. */
export const WAITED_MODULE_PROGRAM = `
const used = { label: 'canary-waited-used' };
const dead = { label: 'canary-waited-dead' };
(() => dead)();
await 0;
globalThis.kept.push(() => used);
globalThis.expected.push({ within: null, name: 'dead', label: 'canary-waited-dead', isHeldElsewhere: false });
globalThis.hasModuleWaited = true;
//# sourceURL=http://leakline.test/waited.js`;

/** Waits in its own text, so all it has may be used. */
export const WAITING_MODULE_PROGRAM = `
const own = { label: 'canary-waiting-module' };
(() => own)();
globalThis.isModuleWaiting = true;
await globalThis.forever;
globalThis.kept.push(own);
//# sourceURL=http://leakline.test/waiting.js`;
