import { expect, test } from 'vitest';
import { type Drawing, draw } from '../drawing.ts';
import { exportsOf, growing, property, root, timer, variable } from '../growing.ts';
import { findingOf, kindOf } from './finding-of.ts';

const stream = (clear: string): Drawing =>
  draw(
    '/app/sse.js',
    `function openStream(stream) {
  const heartbeat = setInterval(() => stream.ping(), 5000);
//                  ^^ call
//                              ^^ callback
  ${clear}
}`,
  );
const intervals = (file: Drawing) => {
  const timers = [{ repeat: true, intervalMs: 5000, count: 300, callback: file.at('callback') }];
  return growing('timers', [root('timers'), timer(file.at('callback'))], {
    detail: { size: 300, elementType: 'Timeout', timers },
  });
};

test('an interval a connection that nothing clears', async () => {
  const file = stream('');
  expect(await findingOf(intervals(file), [file])).toMatchObject({
    kind: 'timer-never-cleared',
    heldBy: { name: 'heartbeat', location: { line: file.line('call') } },
    addedAt: { location: { line: file.line('call'), function: 'openStream' } },
    shouldBeReleased: { words: 'nothing clears that interval', event: null },
  });
});

test('the call that clears it is named if there is one', async () => {
  const file = stream(`stream.on('finish', () => clearInterval(heartbeat));`);
  expect((await findingOf(intervals(file), [file])).shouldBeReleased?.words).toBe(
    '`clearInterval(heartbeat)` (sse.js:5) is not reached',
  );
});

test('one sweeper beside many elements does not keep them', async () => {
  const hub = draw(
    '/app/hub.js',
    `const viewers = new Set();
function join(ws) { viewers.add({ ws }); }
//           ^^ join
setInterval(() => sweep(), 1000);
//          ^^ callback
module.exports = { join };`,
  );
  const timers = [{ repeat: true, intervalMs: 1000, count: 1, callback: hub.at('callback') }];
  const steps = [
    root('modules'),
    exportsOf('/app/hub.js'),
    property('join'),
    variable('viewers', hub.at('join')),
  ];
  expect(await kindOf(growing('Set', steps, { detail: { timers } }), hub)).toBe('unbounded-collection');
});

test('timers that run once do not keep what is added again and again', async () => {
  const file = draw(
    '/app/jobs.js',
    `const jobs = new Set();
function later(job) {
//            ^^ later
  jobs.add(job);
  setTimeout(() => job.run(), 50);
//           ^^ callback
}`,
  );
  const timers = [{ repeat: false, intervalMs: 50, count: 40, callback: file.at('callback') }];
  const steps = [root('modules'), variable('jobs', file.at('later'))];
  expect(await kindOf(growing('Set', steps, { detail: { timers } }), file)).toBe('unbounded-collection');
});
