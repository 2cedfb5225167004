import { expect, test } from 'vitest';
import { draw } from '../drawing.ts';
import { growing, property, root, variable } from '../growing.ts';
import { findingOf, kindOf } from './finding-of.ts';

const file = draw(
  '/app/upload.js',
  `class Upload {
//^^ Upload
  static #open = new Map();
//       ^^ #open
  parts = new Map();
  static begin(name) {
    const upload = new Upload(name);
    Upload.#open.set(upload.id, upload);
//               ^^ set
    return upload;
  }
  complete() { Upload.#open.delete(this.id); }
//             ^^ delete
  add(part) { this.parts.set(part.id, part); }
}
const use = () => Upload;
//          ^^ use`,
);

test('a static member that every instance is entered into', async () => {
  const steps = [
    root('modules'),
    variable('Upload', file.at('use')),
    property('#open', 'Upload', file.at('Upload')),
  ];
  expect(await findingOf(growing('Map', steps), [file])).toMatchObject({
    kind: 'static-registry',
    heldBy: { name: '#open', location: { line: file.line('#open') } },
    addedAt: { location: { line: file.line('set') } },
    shouldBeReleased: {
      words: `\`#open.delete\` (upload.js:${file.line('delete')}) is not reached for them and whoever enters something must also be the one to take it out`,
      location: { line: file.line('delete') },
    },
  });
});

test("an instance's own member lives with the instance", async () => {
  const steps = [
    root('modules'),
    variable('upload', file.at('use')),
    property('parts', 'Upload', file.at('Upload')),
  ];
  expect(await kindOf(growing('Map', steps), file)).toBe('unbounded-collection');
});

test("a module's variable is no member of a class", async () => {
  const module = draw(
    '/app/a.js',
    'const open = new Map();\nconst add = (x) => open.set(x, x);\n//          ^^ add',
  );
  expect(await kindOf(growing('Map', [root('modules'), variable('open', module.at('add'))]), module)).toBe(
    'unbounded-collection',
  );
});
