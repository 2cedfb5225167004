import { expect, test } from 'vitest';
import type { PathStep } from '../../../src/core/census.ts';
import { draw } from '../drawing.ts';
import { element, growing, internal, listeners, property, root, trap, variable } from '../growing.ts';
import { findingOf, kindOf } from './finding-of.ts';

const file = draw(
  '/app/log.mjs',
  `const accessLog = new PassThrough();
const handler = (request, response) => {
//              ^^ handler
  response.on('finish', () => {
    accessLog.write({ path: request.url });
//            ^^ write
  });
};`,
);
const state = (name: string): PathStep =>
  property(name, 'PassThrough', internal('node:stream', 'PassThrough'));
const through = (...behind: readonly PathStep[]): PathStep[] => [
  root('Server'),
  listeners('request', 'Server'),
  variable('accessLog', file.at('handler'), 'Module'),
  ...behind,
];

test('what is written to a stream that nobody reads', async () => {
  const steps = through(state('_writableState'), state('Symbol(kBufferedValue)'));
  const stack = [internal('node:internal/streams/writable', 'Writable.write'), file.at('write')];
  const container = growing('Array', steps, { trap: trap([{ count: 9, stack }]) });
  const found = await findingOf(container, [file]);
  expect(found).toMatchObject({
    kind: 'stream-backlog',
    heldBy: { name: 'accessLog', type: 'PassThrough', location: { file: 'log.mjs', line: 1 } },
    grows: { name: '_writableState[kBufferedValue]', location: null },
    addedAt: { location: { line: file.line('write'), function: "'finish' handler" } },
    shouldBeReleased: { event: 'drain' },
  });
  expect(found.explanation).toMatch(
    /^`_writableState\[kBufferedValue\]` inside `accessLog` \(log\.mjs:1\) gains 10 entries a second/,
  );
});

test('what is read and not taken', async () => {
  const found = await findingOf(growing('Array', through(state('_readableState'), state('buffer'))), [file]);
  expect(found.kind).toBe('stream-backlog');
  expect(found.shouldBeReleased?.words).toContain('nothing reads `accessLog` to its end');
});

test('listeners and elements of a stream are not its buffer', async () => {
  const inState = through(state('_writableState'), listeners('drain', 'PassThrough'));
  expect(await kindOf(growing('listeners', inState), file)).toBe('listener-pile-up');
  const ofElement = through(
    state('_writableState'),
    state('buffered'),
    element('Array', 40),
    property('rows'),
  );
  expect(await kindOf(growing('Array', ofElement), file)).not.toBe('stream-backlog');
  expect(await kindOf(growing('Array', through(state('pipes'))), file)).not.toBe('stream-backlog');
});
