import { expect, test } from 'vitest';
import { scriptOf } from '../../src/present/script-name.ts';

test.each([
  ['/usr/bin/node /srv/api/server.js --port 80', 'server.js'],
  ['node C:\\srv\\worker.mts', 'worker.mts'],
  ['/usr/bin/node /srv/my app/dist/main.cjs', 'main.cjs'],
  ['/usr/bin/node /srv/node_modules/.bin/next start', 'next'],
  ['/usr/bin/node /srv/bin/start --token=geheim', 'start'],
  ['/usr/bin/node', 'node'],
  ['/usr/bin/node --token=geheim', 'node'],
])('%s is called %s', (command, name) => {
  expect(scriptOf(command)).toBe(name);
});
