import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { InspectorHelper } from '../../src/target/inspector-helper.ts';
import { uninterrupted } from '../../src/target/attempt.ts';

const folder = mkdtempSync(join(tmpdir(), 'helper-'));
afterAll(() => rmSync(folder, { recursive: true }));

const address = { host: '127.0.0.1', port: 1, path: null };
const errand = {
  pid: process.pid,
  address,
  isOurs: false,
  agentSource: '',
  socketPath: '',
  token: '',
  directory: folder,
};

function helperOf(text: string): InspectorHelper {
  const file = join(folder, 'helper.cjs');
  writeFileSync(file, text);
  return new InspectorHelper(file, 'test');
}

test('one that ends without an answer is told, whether it is asked before or after', async () => {
  const helper = helperOf('process.exit(3)');
  await expect(helper.identify(address)).rejects.toMatchObject({ code: 'INSPECTOR_FAILED' });
  await expect(helper.run(errand, uninterrupted)).rejects.toMatchObject({ code: 'INSPECTOR_FAILED' });
  expect(await helper.undo()).toBe(false);
});

test('one that can not be started is told too', async () => {
  const { execPath } = process;
  process.execPath = join(folder, 'no such node');
  try {
    const helper = helperOf('');
    await expect(helper.identify(address)).rejects.toMatchObject({ code: 'INSPECTOR_FAILED' });
    expect(await helper.undo()).toBe(false);
  } finally {
    process.execPath = execPath;
  }
});

test('an abort is passed on, and the errand ends with its reason and not before the helper has answered', async () => {
  const helper = helperOf(`let aborted = false;
    process.on('message', ({ kind }) => {
      if (kind === 'errand') process.send({ kind: 'step', step: 'install' });
      if (kind === 'abort') { aborted = true; setTimeout(() => process.send({ kind: 'error', code: null, facts: null, message: 'given up' }), 50); }
      if (kind === 'undo') process.send({ kind: 'undone', isShut: aborted });
    });`);
  const controller = new AbortController();
  const steps: string[] = [];
  const onStep = (step: string): void => {
    steps.push(step);
    controller.abort(new Error('enough'));
  };
  await expect(helper.run(errand, { signal: controller.signal, onStep })).rejects.toThrow('enough');
  expect(steps).toEqual(['install']);
  expect(await helper.undo()).toBe(true);
  helper.dismiss();
});
