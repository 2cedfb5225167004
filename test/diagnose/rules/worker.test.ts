import { expect, test } from 'vitest';
import { draw } from '../drawing.ts';
import { growing, root, variable } from '../growing.ts';
import { findingOf, kindOf } from './finding-of.ts';

const file = draw(
  '/app/render.js',
  `const renderers = new Set();
function render(page) {
//             ^^ render
  renderers.add(new Worker('./render-worker.js', { workerData: page }));
}`,
);
const holding = (elementType: string) =>
  growing('Set', [root('modules'), variable('renderers', file.at('render'))], { detail: { elementType } });

test('workers that are never ended', async () => {
  const found = await findingOf(holding('Worker'), [file]);
  expect(found).toMatchObject({
    kind: 'worker',
    heldBy: { name: 'renderers', location: { line: 1 } },
    addedAt: { location: { function: 'render' } },
    shouldBeReleased: { event: 'exit' },
  });
  expect(found.shouldBeReleased?.words).toContain('`terminate()`');
});

test('ports that are never closed', async () => {
  const found = await findingOf(holding('MessagePort'), [file]);
  expect([found.kind, found.shouldBeReleased?.event]).toEqual(['worker', 'close']);
});

test('what only tells of workers is none', async () => {
  expect(await kindOf(holding('WorkerRecord'), file)).toBe('unbounded-collection');
});
