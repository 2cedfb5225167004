import { expect, test } from 'vitest';
import { chainSiteOf, shortensChain } from '../../../src/diagnose/source/chain-sites.ts';
import { declaredVariable } from '../../../src/diagnose/source/declarations.ts';
import { guessProperty } from '../../../src/diagnose/source/made-properties.ts';
import { removalSitesOf } from '../../../src/diagnose/source/removal-sites.ts';
import { positionAt, Scripts } from '../../../src/diagnose/source/script.ts';
import { type Drawing, draw, sourcesOf } from '../drawing.ts';

/** The line that adds to the chain held by `head`, a variable or a property of the first file. */
async function addedAt(file: Drawing): Promise<number | null> {
  const scripts = new Scripts(sourcesOf(file));
  const script = await scripts.find(file.url);
  if (script === null) throw new Error('no script');
  const at = { url: file.url, line: 0, column: 0, function: null };
  const head = (await declaredVariable(scripts, at, 'head', 'Module')) ?? guessProperty(script, 'head');
  if (head === null) throw new Error('nothing is called head');
  const site = await chainSiteOf(head, 'next', scripts, []);
  return site === null ? null : positionAt(site.script, site.node.start).line + 1;
}

test('at its tail, where the last node is led on', async () => {
  const file = draw(
    '/app/log.js',
    `let head = null;
let tail = null;
export function append(text) {
  const node = { text, next: null };
  if (head === null) head = node;
  else tail.next = node;
//     ^^ adds
  tail = node;
}`,
  );
  expect(await addedAt(file)).toBe(file.line('adds'));
});

test('at its head, where that is replaced', async () => {
  const file = draw(
    '/app/stack.js',
    `let head = null;
export function pop() {
  const node = head;
  head = head.next;
  return node;
}
export function push(text) {
  head = { text, next: head };
//^^ adds
}`,
  );
  expect(await addedAt(file)).toBe(file.line('adds'));
});

test('in a class of its own, not where a node is made or taken out', async () => {
  const file = draw(
    '/app/list.js',
    `class Node {
  constructor(value, next) { this.value = value; this.next = next; }
}
export class List {
  constructor() { this.head = null; }
  remove(before, node) { before.next = node.next; node.next = null; }
  add(value) {
    this.head = new Node(value, this.head);
//  ^^ adds
  }
}`,
  );
  expect(await addedAt(file)).toBe(file.line('adds'));
});

test('nowhere, if the text only takes out', async () => {
  const file = draw(
    '/app/list.js',
    `let head = load();
export function pop() { head = head.next; }
export function clear() { head = null; }
export function cut(node) { node.next = undefined; }`,
  );
  expect(await addedAt(file)).toBeNull();
});

test('what replaces the head takes out only if it leads on or ends the chain', async () => {
  const file = draw(
    '/app/list.js',
    `let head = null;
export function push(text) { head = { text, next: head }; }
export function pop() { head = head.next; }
export function clear() { head = null; }`,
  );
  const scripts = new Scripts(sourcesOf(file));
  const at = { url: file.url, line: 0, column: 0, function: null };
  const head = await declaredVariable(scripts, at, 'head', 'Module');
  if (head === null) throw new Error('nothing is called head');
  const sites = await removalSitesOf(head, scripts, []);
  const lines = sites
    .filter((site) => shortensChain(site, 'next'))
    .map((site) => positionAt(site.script, site.node.start).line + 1);
  expect(lines).toEqual([3, 4]);
});
