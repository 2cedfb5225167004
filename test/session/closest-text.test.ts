import { expect, test } from 'vitest';
import { ClosestText } from '../../src/session/closest-text.ts';

const journal = {
  url: 'file:///journal.ts',
  code: `export class Journal { private readonly visits: Map<string, Visit> = new Map();
    record(url: string): void { this.visits.set(url, { at: Date.now() }); } }`,
};
const audience = {
  url: 'file:///audience.ts',
  code: `const readers: Reader[] = []; export function welcome(name: string): void { readers.push({ name, since: Date.now() }); }`,
};

test('a function is of the file that has its words, whatever a compiler added', async () => {
  const closest = new ClosestText();
  const record = 'record(url){__tally();this.visits.set(url,{at:Date.now()})}';
  expect(await closest.find(record, [journal, audience])).toEqual([journal.url]);
  const welcome = 'function welcome(name){__tally();readers.push({name,since:Date.now()})}';
  expect(await closest.find(welcome, [journal, audience])).toEqual([audience.url]);
});

test('words that few files have weigh more than those of all', async () => {
  const others = ['a', 'b', 'c'].map((name) => ({
    url: `file:///${name}.ts`,
    code: 'function handler(request, response) { response.end(); return request; } this set Map',
  }));
  const found = await new ClosestText().find(
    '(request,response)=>{this.visits.set(request.url);response.end()}',
    [...others, { ...journal, code: `${journal.code} request` }],
  );
  expect(found[0]).toBe(journal.url);
});

test('copies are all told, and nothing where the words are few or of no file', async () => {
  const closest = new ClosestText();
  const copy = { ...journal, url: 'file:///copy.ts' };
  const found = await closest.find('record(url){this.visits.set(url,{at:Date.now()})}', [journal, copy]);
  expect(new Set(found)).toEqual(new Set([journal.url, copy.url]));
  expect(await closest.find('()=>now()', [journal, copy])).toEqual([]);
  expect(await closest.find('(alpha,beta)=>alpha.gamma(beta,delta,epsilon)', [journal])).toEqual([]);
});
