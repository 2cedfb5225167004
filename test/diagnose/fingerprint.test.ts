import { expect, test } from 'vitest';
import { diagnose } from '../../src/diagnose/diagnose.ts';
import { type Drawing, draw, sourcesOf } from './drawing.ts';
import { context, element, growing, internal, property, root, timer, variable } from './growing.ts';

async function print(container: ReturnType<typeof growing>, file: Drawing): Promise<string | undefined> {
  return (await diagnose([container], context(sourcesOf(file))))[0]?.fingerprint;
}

const hub = (before: string, inside: string): Drawing =>
  draw(
    '/app/hub.js',
    `${before}const kept = new Map();
class Hub {
//^^ Hub
  ${inside}
  rooms = new Map();
}
class Other { rooms = new Map(); }
//  ^^ Other
function first(x) {
//            ^^ first
  const seen = new Set();
  return () => seen.add(x);
//       ^^ in first
}
function second(x) {
  const seen = new Set();
  return () => seen.add(x);
//       ^^ in second
}
const plugins = [
  (x) => { const log = []; return () => log.push(x); },
//                                ^^ in the third
  (x) => { const log = []; return () => log.push(x); },
//                                ^^ in the fourth
];
function start() {
  setInterval(() => first(), 10);
//            ^^ first timer
  setInterval(() => second(), 10);
//            ^^ second timer
}
const use = () => [kept, Hub];
//          ^^ use`,
  );
const plain = hub('', '');
const bugs: Readonly<Record<string, (file: Drawing) => ReturnType<typeof growing>>> = {
  kept: (file) => growing('Map', [root('modules'), variable('kept', file.at('use'))]),
  'rooms of Hub': (file) => growing('Map', [root('Server'), property('rooms', 'Hub', file.at('Hub'))]),
  'rooms of Other': (file) => growing('Map', [root('Server'), property('rooms', 'Other', file.at('Other'))]),
  'seen in first': (file) =>
    growing('Set', [root('Server'), variable('seen', file.at('in first'), 'Closure (first)')]),
  'seen in second': (file) =>
    growing('Set', [root('Server'), variable('seen', file.at('in second'), 'Closure (second)')]),
  'log of the third': (file) => growing('Array', [root('Server'), variable('log', file.at('in the third'))]),
  'log of the fourth': (file) =>
    growing('Array', [root('Server'), variable('log', file.at('in the fourth'))]),
  'first timer': (file) => growing('timers', [root('timers'), timer(file.at('first timer'))]),
  'second timer': (file) => growing('timers', [root('timers'), timer(file.at('second timer'))]),
  'list in each of kept': (file) =>
    growing('Array', [root('modules'), variable('kept', file.at('use')), element('Map', 9)], {
      detail: { instances: 9 },
    }),
};

test('an edit further up, and one beside it, change no fingerprint', async () => {
  for (const [name, bug] of Object.entries(bugs)) {
    const before = await print(bug(plain), plain);
    for (const edited of [
      hub("import { a } from 'a';\n\nconst b = a;\n", ''),
      hub('', 'x = 1;\n  y = 2;\n'),
      hub('/* a licence */ ', ''),
    ]) {
      expect([name, await print(bug(edited), edited)]).toEqual([name, before]);
    }
  }
});

test('no two bugs of a file have the same, whatever their names', async () => {
  const prints = await Promise.all(Object.values(bugs).map((bug) => print(bug(plain), plain)));
  expect(new Set(prints).size).toBe(prints.length);
});

test('what is inside an object of Node has another name in another version, and the same fingerprint', async () => {
  const inside = (name: string) =>
    growing('Array', [
      root('modules'),
      variable('kept', plain.at('use')),
      property(name, 'Writable', internal('node:stream', 'Writable')),
    ]);
  expect(await print(inside('Symbol(kBufferedValue)'), plain)).toBe(await print(inside('buffered'), plain));
  expect(await print(inside('buffered'), plain)).not.toBe(await print(bugs['kept'](plain), plain));
});
