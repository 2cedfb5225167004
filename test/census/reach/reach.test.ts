import { test } from 'vitest';
import { expectReached } from './expected.ts';
import { reachEverything } from './walks.ts';

test('a walk reaches what a program keeps in listeners, private members, chains and asynchronous contexts', async () => {
  expectReached(await reachEverything());
});
