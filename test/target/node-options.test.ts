import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';
import {
  inspectorPort,
  namesPermissionModel,
  nodeOptions,
  optionsOfCommand,
} from '../../src/target/node-options.ts';

test.each([
  [[], 9229],
  [['--inspect'], 9229],
  [['--inspect=9230'], 9230],
  [['--inspect-port=0'], 0],
  [['--inspect=0.0.0.0:9231'], 9231],
  [['--inspect=[::1]:9232'], 9232],
  [['--inspect-port=9230', '--inspect=9233'], 9233],
])('%j opens the inspector on port %i', (options, port) => {
  expect(inspectorPort(options)).toBe(port);
});

test('options are those of NODE_OPTIONS and those before the script, not the arguments of the program', async () => {
  const child = spawn(
    process.execPath,
    ['--inspect-port=0', '-e', 'setTimeout(() => {}, 20000)', '--', '--permission'],
    { env: { ...process.env, NODE_OPTIONS: '--no-deprecation  --inspect-port=9231' } },
  );
  try {
    await new Promise((resolve) => child.once('spawn', resolve));
    const options = nodeOptions({ pid: child.pid ?? 0, arguments: child.spawnargs });
    expect(options).toEqual(['--no-deprecation', '--inspect-port=9231', '--inspect-port=0', '-e']);
    expect(namesPermissionModel(options)).toBe(false);
  } finally {
    child.kill('SIGKILL');
  }
});

test.each([
  [['/usr/bin/node', '--permission', 'app.js', '--inspect'], undefined, ['--permission']],
  [['node', 'app.js'], '--no-deprecation', ['--no-deprecation']],
  [['C:\\Program Files\\nodejs\\node.exe', '-e', '1'], undefined, ['-e']],
  // What npm makes of its own options is not Node's business.
  [['npm', '--permission', 'start'], ' --permission ', ['--permission']],
  [['npm', '--permission', 'start'], undefined, []],
])('%j with NODE_OPTIONS %j has the options %j', (command, text, options) => {
  expect(optionsOfCommand(command, text === undefined ? {} : { NODE_OPTIONS: text })).toEqual(options);
});
