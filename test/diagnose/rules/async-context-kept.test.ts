import { expect, test } from 'vitest';
import { draw } from '../drawing.ts';
import { growing, internal, property, root, timer, variable } from '../growing.ts';
import { findingOf, kindOf } from './finding-of.ts';

const file = draw(
  '/app/context.js',
  `class RequestContext {
//^^ RequestContext
  constructor() {
    this.spans = [];
//  ^^ spans
  }
}
function poll() {
  setInterval(() => index(), 100);
//^^ interval
//            ^^ callback
}
const use = () => context;
//          ^^ use`,
);
const spans = property('spans', 'RequestContext', file.at('RequestContext'));
const through = (store: string) => [
  root('timers'),
  timer(file.at('callback')),
  property(store, 'Timeout', internal('node:internal/timers', 'Timeout')),
  spans,
];

test('the store of a request that a timer has inherited, in every version of Node', async () => {
  for (const store of ['Symbol(kResourceStore)', 'Symbol(kAsyncContextFrame)']) {
    const found = await findingOf(growing('Array', through(store)), [file]);
    expect(found).toMatchObject({
      kind: 'async-context-kept',
      heldBy: { name: 'spans', location: { line: file.line('spans') } },
    });
    const begun = `(context.js:${file.line('interval')})`;
    expect(found.explanation).toContain(`an interval ${begun} that was begun in its context keeps it`);
    expect(found.shouldBeReleased?.words).toContain(
      `before what outlives it is begun ${begun}: begin it outside`,
    );
    expect(found.excerpts?.flatMap(({ marked }) => marked)).toContain(file.line('interval'));
  }
});

test('the store that is reached through its AsyncLocalStorage, and the interval that inherited it', async () => {
  const use = draw(
    '/app/store.js',
    `const requestContext = new AsyncLocalStorage();
const use = () => requestContext;
//          ^^ use`,
  );
  const steps = [
    root('modules'),
    variable('requestContext', use.at('use')),
    property('getStore()', 'AsyncLocalStorage', null),
    spans,
  ];
  const timers = [{ repeat: true, intervalMs: 100, count: 1, callback: file.at('callback') }];
  const container = growing('Array', steps);
  const found = await findingOf({ ...container, detail: { ...container.detail, timers } }, [file, use]);
  expect(found.kind).toBe('async-context-kept');
  expect(found.explanation).toContain(
    `an interval (context.js:${file.line('interval')}) that was begun in its context`,
  );
});

test('what a timer reaches by other ways is in no store', async () => {
  expect(await kindOf(growing('Array', through('_onTimeout')), file)).not.toBe('async-context-kept');
  const direct = [root('modules'), variable('context', file.at('use')), spans];
  expect(await kindOf(growing('Array', direct), file)).toBe('unbounded-collection');
});
