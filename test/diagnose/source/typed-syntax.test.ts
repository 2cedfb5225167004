import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { installedNodes, majorOf } from '../../../bench/lib/nodes.ts';
import { declaredMemberAt } from '../../../src/diagnose/source/declarations.ts';
import { Scripts } from '../../../src/diagnose/source/script.ts';
import { type AnyNode, childrenOf, parseScript } from '../../../src/diagnose/source/syntax.ts';
import { parseTypeScript } from '../../../src/diagnose/source/typed-syntax.ts';

test.each([
  [
    'a type on everything',
    'const a: Map<string, B> = new Map<string, B>(); function f<T>(this: X, b?: T, ...c: T[]): c is D { return b!; }',
  ],
  ['what wraps an expression', 'const a = ((b as unknown as C).d satisfies E)!.f; g<H>(i); j = k<L>;'],
  [
    'a class',
    'abstract class A<T> extends B<T> implements C { declare x: T; private readonly y: T[] = []; #z?: T; [key: string]: T; abstract w(): void; v(): void; v(a?: T): this { return this; } }',
  ],
  [
    'what is all type',
    'import type { A } from "a"; export type { A }; type B = A; interface C extends B { d(): void } declare const e: C; declare module "f" {} export default class {}',
  ],
  ['holes and patterns', 'const [, { a, ...b }]: [A, B] = c; for (const [d] of e as F[]) g(d);'],
])('%s: the tree is that of what Node runs', (_, code) => {
  expect(outline(parseTypeScript(code))).toEqual(outline(parseScript(strip([code])[0] ?? '')));
});

test('leakline’s own sources: the trees are those of what Node runs', () => {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  const codes = files.map((file) => readFileSync(join('src', file), 'utf8'));
  expect(codes.length).toBeGreaterThan(100);
  for (const [index, stripped] of strip(codes).entries()) {
    expect(outline(parseTypeScript(codes[index] ?? ''))).toEqual(outline(parseScript(stripped)));
  }
}, 120_000);

test('what is no TypeScript has no tree', () => {
  expect(parseTypeScript('const a: = 1')).toBeNull();
});

test('a member is found in a class of a file that Node strips, and nowhere in one that something else compiled', async () => {
  const code = `type Row = string;
class Journal<Of extends Row> {
  private readonly visits: Map<string, Of> = new Map<string, Of>();
  record(row: Of): void { this.visits.set(row, row); }
}`;
  const place = { url: 'file:///app/journal.ts', line: 3, column: 8, function: 'record' };
  const find = (typed: boolean): ReturnType<typeof declaredMemberAt> =>
    declaredMemberAt(new Scripts({ read: async () => ({ code, map: null, typed }) }), place, 'visits');
  const declared = await find(true);
  expect(declared?.node.start).toBe(code.indexOf('visits:'));
  expect(await find(false)).toBeNull();
});

/** What Node makes of each. */
function strip(codes: readonly string[]): string[] {
  const node = installedNodes().find(({ version }) => majorOf(version) >= 24);
  if (node === undefined) throw new Error('no Node 24 is installed: npm test does it');
  const program = join(import.meta.dirname, 'strip-types.cjs');
  return JSON.parse(
    execFileSync(node.path, ['--no-warnings', program], {
      input: JSON.stringify(codes),
      encoding: 'utf8',
      maxBuffer: 100_000_000,
    }),
  ) as string[];
}

/** Each node's kind, place and name, parents first. What may have a modifier or types before it may begin with them. */
function outline(root: AnyNode | null): string[] {
  if (root === null) return ['none'];
  const pending = [root];
  const lines: string[] = [];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    const { name = '' } = node as { name?: unknown };
    const start = /Definition|^Class|^Arrow/.test(node.type) ? '' : node.start;
    lines.push(`${node.type} ${start} ${typeof name === 'string' ? name : ''}`);
    pending.push(...childrenOf(node));
  }
  return lines;
}
