import { expect, test } from 'vitest';
import { catalogue } from '../../../src/diagnose/packages/catalogue.ts';
import { isInRange } from '../../../src/diagnose/packages/version-range.ts';

// Two releases of each. The first five pairs were run under the same traffic: the one left memory behind with each request,
// the other did not. Of the others the published files were read: the one keeps, the other does not.
const PAIRS: readonly (readonly [name: string, leaking: string, sound: string])[] = [
  ['axios', '0.21.4', '0.22.0'],
  ['graphql-subscriptions', '1.2.0', '1.2.1'],
  ['mem', '3.0.1', '4.0.0'],
  ['undici', '6.19.7', '6.19.8'],
  ['y-websocket', '1.3.3', '1.3.5'],
  ['y-websocket', '1.0.0', '1.3.5'],
  ['debug', '3.0.0', '2.6.9'],
  ['debug', '3.2.7', '4.3.0'],
  ['debug', '4.2.0', '4.3.0'],
  ['socket.io', '2.4.1', '2.5.0'],
  ['socket.io', '4.5.1', '4.5.2'],
  ['@opentelemetry/instrumentation-pg', '0.45.1', '0.44.0'],
  ['@opentelemetry/instrumentation-pg', '0.45.1', '0.46.0'],
  ['@prisma/adapter-pg', '6.15.0', '6.14.0'],
  ['@prisma/adapter-pg', '6.15.0', '6.16.0'],
];

const entryOf = (name: string) => catalogue.filter((leak) => leak.package === name);

test('the ranges part releases that leak from those that do not', () => {
  for (const [name, leaking, sound] of PAIRS) {
    const [entry] = entryOf(name);
    expect([isInRange(leaking, entry.leaks), isInRange(sound, entry.leaks)], name).toEqual([true, false]);
  }
});

test('a version in which a leak is fixed does not leak', () => {
  for (const { package: name, leaks, fixedIn } of catalogue) {
    expect(
      fixedIn.filter((version) => isInRange(version, leaks)),
      name,
    ).toEqual([]);
    // Throws where a range can't be read.
    expect(isInRange('0.0.0', leaks), name).toBeTypeOf('boolean');
  }
});

test('each leak has a source, a remedy and a place of its own', () => {
  const places = catalogue.flatMap((leak) =>
    leak.shows.flatMap(({ file, names }) => names.map((name) => `${leak.package} ${file} ${name}`)),
  );
  expect(new Set(places).size).toBe(places.length);
  for (const { package: name, description, remedy, citation, shows } of catalogue) {
    expect(shows.flatMap(({ names }) => names).length, name).toBeGreaterThan(0);
    for (const sentence of [description, remedy]) expect(sentence, name).toMatch(/^[A-Z].*\.$/);
    expect(citation, name).toMatch(/^https:\/\/github\.com\/\S+$/);
  }
});
