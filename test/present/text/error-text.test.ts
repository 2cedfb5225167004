import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { errorCodes, LeaklineError } from '../../../src/core/errors.ts';
import { adviceFor } from '../../../src/present/advice.ts';
import { renderError } from '../../../src/present/text/error-text.ts';
import { columnsOf, hostileText, OBEYED_BY_TERMINALS } from '../hostile.ts';

const plain = { color: false, unicode: true, columns: 80 };

test('a failure of the world is a sentence, a next step and a page', () => {
  expect(renderError(new LeaklineError('NO_SUCH_PROCESS', { pid: 4242 }), plain)).toMatchInlineSnapshot(`
    "leakline: There is no process 4242
      List the Node processes of this machine with: leakline ps
      docs/errors.md#NO_SUCH_PROCESS
    "
  `);
});

test('the output of a program that ended early keeps its lines', () => {
  const error = new LeaklineError('PROGRAM_ENDED_EARLY', {
    command: 'node app.js',
    exit: 'exit code 1',
    output: 'Error: no config\n    at \u001b[31mapp.js:3\n',
  });
  expect(renderError(error, plain)).toMatchInlineSnapshot(`
    "leakline: node app.js ended at its start (exit code 1):
      Error: no config
          at \\x1b[31mapp.js:3
      Run the command alone until it stays up, then put leakline run -- before it.
      docs/errors.md#PROGRAM_ENDED_EARLY
    "
  `);
});

test('a failure of our own is one sentence and the way to its stack', () => {
  expect(renderError(new TypeError('x is not a function\n    at y'), plain)).toMatchInlineSnapshot(`
    "leakline: stopped by an error of its own: x is not a function
      Set NODE_DEBUG=leakline for the stack.
    "
  `);
});

test('every code has its advice, as sentences that name a step', () => {
  for (const code of errorCodes) {
    const advice = adviceFor(code);
    expect(advice, code).toMatch(/^[A-Z].{20,}$/);
  }
});

test('no message is obeyed by the terminal, whoever threw it', () => {
  fc.assert(
    fc.property(hostileText, fc.integer({ min: 20, max: 120 }), (hostile, columns) => {
      for (const error of [
        new Error(hostile),
        hostile,
        new LeaklineError('PROGRAM_ENDED_EARLY', { command: hostile, exit: hostile, output: hostile }),
      ]) {
        const text = renderError(error, { ...plain, columns });
        expect(text).not.toMatch(OBEYED_BY_TERMINALS);
        expect(Math.max(...text.split('\n').map(columnsOf))).toBeLessThanOrEqual(columns);
      }
    }),
  );
});
