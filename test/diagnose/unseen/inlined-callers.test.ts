import { expect, test } from 'vitest';
import type { ScriptLocation } from '../../../src/core/location.ts';
import { Scripts } from '../../../src/diagnose/source/script.ts';
import { withInlinedCallers } from '../../../src/diagnose/unseen/inlined-callers.ts';
import { type Drawing, draw, sourcesOf } from '../drawing.ts';
import { internal } from '../growing.ts';
import { builtin } from '../staying.ts';

const emit = internal('node:events', 'emit');

const leases = draw(
  '/app/leases.js',
  `import { audit } from './audit.js';
class Lease {
  constructor(number) {
//           ^^ Lease
    registry.register(this, () => this.close());
    this.words = Array.from({ length: 9 }, (_, index) => number + index);
//                                         ^^ word
  }
  keep(rows) {
//    ^^ keep
    rows.forEach((row) => this.words.push(String(row)));
//               ^^ row
  }
}
function hand(number) {
//           ^^ hand
  return new Lease(number);
}
function onRequest(request) {
//                ^^ onRequest
  const lease = hand(request.number);
  lease.keep(request.rows);
  audit(lease);
}
function onTwo(request) {
//            ^^ onTwo
  return [once(request), twice(request)];
}
function once(request) { return Array.of(request); }
function twice(request) { return Array.of(request, request); }`,
);
const audit = draw(
  '/app/audit.js',
  `export function audit(lease) {
//                   ^^ audit
  return structuredClone(lease.words);
}`,
);

async function names(
  ...frames: readonly ScriptLocation[]
): Promise<readonly (readonly [string | null, string])[]> {
  const whole = await withInlinedCallers(frames, new Scripts(sourcesOf(leases, audit)));
  return whole.map(({ function: name, url, line }) => [name, url === '' ? '' : placed(url, line)]);
}

function placed(url: string, line: number): string {
  return `${url}:${line + 1}`;
}

function at(file: Drawing, label: string): string {
  return placed(file.url, file.line(label) - 1);
}

test.each<[string, ScriptLocation, readonly (readonly [string, string])[]]>([
  [
    'a constructor and the function that calls it',
    builtin('register'),
    [
      ['new Lease', at(leases, 'Lease')],
      ['hand', at(leases, 'hand')],
    ],
  ],
  ['a method on what nobody can tell', leases.at('row', 'row'), [['Lease.keep', at(leases, 'keep')]]],
  ['a function of another file', builtin('structuredClone'), [['audit', at(audit, 'audit')]]],
])('%s is put back where the text of the caller does not call what is inside', async (_, inner, missing) => {
  const found = await names(inner, leases.at('onRequest', 'onRequest'), emit);
  expect(found.slice(1, -2)).toEqual(missing);
  expect(found).toHaveLength(missing.length + 3);
});

test.each<[string, readonly ScriptLocation[]]>([
  ['whole', [builtin('register'), leases.at('Lease', 'Lease'), leases.at('hand', 'hand'), emit]],
  ['that goes through a callback written there', [leases.at('row', 'row'), leases.at('keep', 'keep'), emit]],
  ['whose missing caller may be one of two', [builtin('of'), leases.at('onTwo', 'onTwo'), emit]],
  ['of what nobody seems to call', [builtin('stringify'), leases.at('onRequest', 'onRequest'), emit]],
  [
    'of functions without a name and a text',
    [{ ...builtin(''), function: null }, leases.at('onRequest'), emit],
  ],
])('a stack %s stays as it is', async (_, frames) => {
  const scripts = new Scripts(sourcesOf(leases, audit));
  expect(await withInlinedCallers(frames, scripts)).toEqual(frames);
});
