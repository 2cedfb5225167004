import { expect, test } from 'vitest';
import { type Drawing, draw } from '../drawing.ts';
import { growing, listeners, root, variable } from '../growing.ts';
import { findingOf, kindOf } from './finding-of.ts';

const callbacks = (body: string): Drawing =>
  draw(
    '/app/jobs.js',
    `const undo = [];
function run(job) {
  const rows = load(job);
//      ^^ rows
  const summarise = () => rows.length;
  undo.push(() => ${body});
//          ^^ callback
}
const use = () => undo;
//          ^^ use`,
  );
const rows = (file: Drawing, bytes: number, elementBytes = 10_000) =>
  growing('Array', [root('modules'), variable('undo', file.at('use'))], {
    detail: {
      elementType: 'Function',
      elementBytes,
      captures: {
        by: file.at('callback'),
        variables: [
          { name: 'job', bytes: 200 },
          { name: 'rows', bytes },
        ],
      },
    },
  });

test('what only a sibling uses is kept all the same', async () => {
  const file = callbacks('job.undo()');
  const found = await findingOf(rows(file, 9000), [file]);
  expect(found).toMatchObject({
    kind: 'closure-context',
    heldBy: { name: 'undo' },
    shouldBeReleased: { location: { file: 'jobs.js', line: file.line('rows') } },
  });
  expect(found.shouldBeReleased?.words).toMatch(/^nothing sets `rows` \(jobs\.js:3\) to `null`/);
  expect(found.explanation).toContain(
    'Each function in `undo` keeps `rows` (jobs.js:3), 9.00 KB, without using it: summarise of the same scope does',
  );
});

test('what the function uses itself, however deep within, is its own', async () => {
  for (const body of ['rows.pop()', '() => () => rows', '({ rows })', '({ [rows]: 1 })', 'eval(job.code)']) {
    const file = callbacks(body);
    expect([body, await kindOf(rows(file, 9000), file)]).toEqual([body, 'module-level-log']);
  }
});

test('a property of that name is no use of the variable', async () => {
  for (const body of ['job.rows', '({ rows: job })', 'new (class { rows() {} })()']) {
    const file = callbacks(body);
    expect([body, await kindOf(rows(file, 9000), file)]).toEqual([body, 'closure-context']);
  }
});

test('what is not most of an element is not why it grows', async () => {
  const file = callbacks('job.undo()');
  expect(await kindOf(rows(file, 5000), file)).toBe('closure-context');
  expect(await kindOf(rows(file, 4999), file)).toBe('module-level-log');
});

test('of listeners that pile up the listening is the cause', async () => {
  const file = callbacks('job.undo()');
  const { detail } = rows(file, 9000);
  const steps = [root('modules'), variable('undo', file.at('use')), listeners('done')];
  expect(
    await kindOf(growing('listeners', steps, { detail: { ...detail, type: 'listeners', steps } }), file),
  ).toBe('listener-pile-up');
});
