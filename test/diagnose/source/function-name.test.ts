import { expect, test } from 'vitest';
import { enclosingFunctionName } from '../../../src/diagnose/source/function-name.ts';
import { Scripts } from '../../../src/diagnose/source/script.ts';
import { sourcesOf } from '../drawing.ts';

/** What the function around `HERE` in the text is called. */
async function nameIn(code: string): Promise<string | null> {
  const script = await new Scripts(sourcesOf({ url: '/app/a.js', code, map: null })).find('/app/a.js');
  if (script?.program == null) throw new Error('does not parse');
  return enclosingFunctionName({ script, offset: code.indexOf('HERE') });
}

test.each([
  ['HERE', null],
  ['function record() { HERE }', 'record'],
  ['const record = () => HERE;', 'record'],
  ['let record; record = function () { HERE };', 'record'],
  ['exports.record = () => { HERE };', 'record'],
  ['module.exports = function () { HERE };', 'module.exports'],
  ['res.send = (body) => { HERE };', 'res.send'],
  ['class Hub { join() { HERE } }', 'Hub.join'],
  ['class Hub { static #all = () => HERE }', 'Hub.#all'],
  ['const Hub = class { get size() { HERE } };', 'Hub.size'],
  ['class Hub { constructor() { HERE } }', 'new Hub'],
  ['const api = { list() { HERE } };', 'list'],
  ["const routes = { 'POST /objects': async () => { HERE } };", 'POST /objects handler'],
  ["app.post('/checkout', (req) => { HERE });", 'POST /checkout handler'],
  ["app.post('/checkout', { schema }, async (req) => { HERE });", 'POST /checkout handler'],
  ["app.get('setting', () => { HERE });", null],
  ["wss.on('connection', (ws) => { HERE });", "'connection' handler"],
  ["wss.on('connection', function onConnection() { HERE });", 'onConnection'],
  ["target.addEventListener('abort', () => { HERE });", "'abort' handler"],
  ['setInterval(() => { HERE }, 100);', 'interval'],
  ['function open() { setInterval(() => { HERE }, 100); }', 'interval in open'],
  ['function open() { timers.setTimeout(function () { HERE }, 100); }', 'timer in open'],
  ['function open() { setInterval(tick, () => { HERE }); }', 'open'],
  ['function call() { return new Promise((resolve) => { HERE }); }', 'call'],
  ['function all() { return items.map((item) => { HERE }); }', 'all'],
  ["wss.on('connection', (ws) => { list.forEach((x) => { HERE }) });", "'connection' handler"],
  ['const server = createServer(async (req, res) => { HERE });', 'createServer handler'],
  ['function start() { http.createServer((req, res) => { HERE }); }', 'createServer handler'],
  ['items.map(() => HERE);', null],
])('%s', async (code, name) => expect(await nameIn(code)).toBe(name));
