import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { installedNodes, majorOf } from '../../bench/lib/nodes.ts';
import { lockCapture } from '../../src/target/capture-lock.ts';
import { holdName } from '../../src/target/held-name.ts';

const file = fileURLToPath(new URL('../../src/target/held-name.ts', import.meta.url));

test('a name is held by one, and free again when that lets go', async () => {
  const name = `leakline-test-${process.pid}-`;
  const held = await holdName(name);
  expect(held).not.toBeNull();
  expect(await holdName(name)).toBeNull();
  const other = await holdName(`${name}1`);
  expect(other).not.toBeNull();
  held?.release();
  other?.release();
  const again = await holdName(name);
  expect(again).not.toBeNull();
  again?.release();
});

test('while a snapshot is taken nobody else takes one', async () => {
  const lock = await lockCapture();
  await expect(lockCapture()).rejects.toMatchObject({ code: 'SNAPSHOT_BUSY' });
  lock.release();
  (await lockCapture()).release();
});

// Those take TypeScript as it is.
test.each(installedNodes().filter(({ version }) => majorOf(version) >= 24))(
  'one that Node $version holds is held for this version',
  async ({ path, version }) => {
    const name = `leakline-test-${version}-${process.pid}-`;
    const program = `import(${JSON.stringify(file)}).then(({ holdName }) => holdName(${JSON.stringify(name)})).then((held) => {
      console.log(held !== null);
      setInterval(() => undefined, 1000);
    });`;
    const other = spawn(path, ['-e', program], { stdio: ['ignore', 'pipe', 'ignore'] });
    const exited = once(other, 'exit');
    try {
      const [said] = (await once(other.stdout, 'data')) as [Buffer];
      expect(said.toString()).toBe('true\n');
      expect(await holdName(name)).toBeNull();
    } finally {
      other.kill('SIGKILL');
      await exited;
    }
    const held = await holdName(name);
    expect(held).not.toBeNull();
    held?.release();
  },
);
