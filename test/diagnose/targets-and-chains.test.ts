import { expect, test } from 'vitest';
import type { Finding } from '../../src/core/finding.ts';
import { diagnose } from '../../src/diagnose/diagnose.ts';
import type { GrowingContainer } from '../../src/diagnose/growing-container.ts';
import { type Drawing, draw, sourcesOf } from './drawing.ts';
import { context, growing, property, root, trap, variable } from './growing.ts';

async function finding(container: GrowingContainer, file: Drawing): Promise<Finding> {
  const findings = await diagnose([container], context(sourcesOf(file)));
  expect(findings).toHaveLength(1);
  return findings[0];
}

const jobs = (last: string): Drawing =>
  draw(
    '/app/jobs.mjs',
    `const shutdown = new AbortController();
//    ^^ held
export function run(job) {
//              ^^ run
  const cancel = () => job.cancel();
  shutdown.signal.addEventListener('abort', cancel);
//                ^^ add
  ${last}
}`,
  );

function abortListeners(file: Drawing): GrowingContainer {
  return growing(
    'listeners',
    [
      root('modules'),
      variable('shutdown', file.at('run'), 'Module'),
      { kind: 'listeners', event: 'abort', owner: 'AbortSignal', ofTarget: true },
    ],
    { trap: trap([{ count: 9, stack: [file.at('add')] }]) },
  );
}

test('abort listeners are held by the controller, and no `off` is asked of a signal', async () => {
  const file = jobs('');
  expect(await finding(abortListeners(file), file)).toMatchObject({
    kind: 'listener-pile-up',
    heldBy: {
      name: 'shutdown',
      type: "AbortSignal (listeners of 'abort')",
      location: { line: file.line('held') },
    },
    addedAt: { location: { line: file.line('add') } },
    shouldBeReleased: {
      words: "nothing takes the listener off again: no `removeEventListener('abort', …)`",
    },
  });
});

test('where the text takes the listener off the signal, that is what is not reached', async () => {
  const file = jobs("job.onDone(() => shutdown.signal.removeEventListener('abort', cancel));");
  expect((await finding(abortListeners(file), file)).shouldBeReleased?.words).toMatch(
    /^`shutdown\.signal\.removeEventListener` \(jobs\.mjs:8\) is not reached/,
  );
});

test('a chain is held by the variable of its head, and added to where a node is linked', async () => {
  const file = draw(
    '/app/log.mjs',
    `let oldest = null;
//  ^^ held
let newest = null;
export function append(text) {
//              ^^ append
  const node = { text, next: null };
  if (newest === null) oldest = node;
  else newest.next = node;
//     ^^ add
  newest = node;
}`,
  );
  const chain = growing('chain', [root('modules'), variable('oldest', file.at('append'), 'Module')], {
    detail: { link: 'next' },
  });
  expect(await finding(chain, file)).toMatchObject({
    heldBy: { name: 'oldest', type: 'chain of objects', location: { line: file.line('held') } },
    addedAt: { location: { line: file.line('add'), function: 'append' } },
    shouldBeReleased: { words: 'nothing cuts the chain that `oldest` holds' },
  });
});

test('values that keep each other by a captured variable are held by that, and added where the old one is replaced', async () => {
  const file = draw(
    '/app/prices.js',
    `let active = null;
exports.install = function install(rows) {
  const superseded = active;
//      ^^ held
  const describe = () => rows.length - superseded.size;
  log(describe);
  active = { size: rows.length, priceOf: (sku) => rows.get(sku) };
//^^ replaced
//                                       ^^ priceOf
};`,
  );
  const chain = growing(
    'chain',
    [
      root('modules'),
      { kind: 'exports', file: '/app/prices.js' },
      variable('active', file.at('held'), 'Closure'),
      property('priceOf'),
      variable('superseded', file.at('priceOf'), 'Closure (install)'),
    ],
    { detail: { link: 'superseded', linkIsCaptured: true, elementBytesAtLeast: true } },
  );
  expect(await finding(chain, file)).toMatchObject({
    kind: 'context-keeps-predecessor',
    heldBy: { name: 'superseded', type: 'chain of objects', location: { line: file.line('held') } },
    addedAt: { location: { line: file.line('replaced'), function: 'install' } },
    shouldBeReleased: {
      words:
        'nothing lets go of the value before: set `superseded` to null when it has served, or keep it out of what those functions capture',
    },
  });
});
