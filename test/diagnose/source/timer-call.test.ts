import { expect, test } from 'vitest';
import { Scripts } from '../../../src/diagnose/source/script.ts';
import { timerCallOf } from '../../../src/diagnose/source/timer-call.ts';
import { draw, sourcesOf } from '../drawing.ts';

/** The callback is marked `callback`, the call `call`. */
async function callIn(
  code: string,
): Promise<{ at: number | undefined; expected: number; handle: string | null }> {
  const file = draw('/app/a.js', code);
  const scripts = new Scripts(sourcesOf(file));
  const call = await timerCallOf(scripts, file.at('callback'));
  const expected =
    code
      .split('\n')
      .slice(0, file.line('call') - 1)
      .join('\n').length +
    1 +
    file.at('call').column;
  return { at: call?.node.start, expected, handle: call?.handle?.name ?? null };
}

test.each([
  [
    '\nconst heartbeat = setInterval(() => ping(), 1000);\n//                ^^ call\n//                            ^^ callback',
    'heartbeat',
  ],
  ['\n  setTimeout(() => ping(), 1000);\n//^^ call\n//           ^^ callback', null],
  [
    'class A { start() {\n  this.timer = setInterval(() => ping(), 9).unref();\n//             ^^ call\n//                         ^^ callback\n} }',
    'timer',
  ],
  [
    'const session = {\n  sampling: setInterval(() => ping(), 9),\n//          ^^ call\n//                      ^^ callback\n};',
    'sampling',
  ],
  [
    'let timer;\nfunction tick() {}\n//           ^^ callback\nfunction start() {\n  timer = setInterval(tick, 9);\n//        ^^ call\n}',
    'timer',
  ],
  [
    '\nconst tick = () => {};\n//           ^^ callback\n{ const tick = 1; setInterval(tick, 1); }\n  const all = timers.setInterval(tick, 9);\n//            ^^ call',
    'all',
  ],
])('the call that set the timer, and what keeps its handle: %#', async (code, handle) => {
  const found = await callIn(code);
  expect(found.at).toBe(found.expected);
  expect(found.handle).toBe(handle);
});

test('a callback that no timer of this text was given has no call', async () => {
  const file = draw('/app/a.js', 'const tick = () => {};\n//           ^^ callback\nrun(tick);');
  expect(await timerCallOf(new Scripts(sourcesOf(file)), file.at('callback'))).toBeNull();
});
