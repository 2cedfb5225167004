import { cpSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { installedNodes, majorOf } from '../../bench/lib/nodes.ts';
import { findCases } from '../../bench/gallery/case.ts';
import { startServer as startCase } from '../../bench/gallery/server.ts';
import type { CensusWalk, ContainerDetail } from '../../src/core/census.ts';
import type { ScriptAnswer, ScriptQuestion } from '../../src/core/function-excerpt.ts';
import type { WatchOptions } from '../../src/probe/agent-tick.ts';
import { agentFiles } from '../../src/session/agent-files.ts';
import { ScriptFinder } from '../../src/session/script-finder.ts';
import { attach } from '../../src/target/attach.ts';
import { startServer } from './processes.ts';

const gallery = join(import.meta.dirname, '../gallery');

test.each(['tcp-quotes-subscribers', 'import-age-callbacks'])(
  'a walk of %s that finds scripts by their text meets what one meets that lists them',
  async (name) => {
    const server = findCases(gallery).find((one) => one.name === name && one.variant !== 'healthy');
    if (server === undefined) throw new Error(`the gallery has no ${name}`);
    const running = await startCase(server, 4, join(gallery, 'unused'), AbortSignal.timeout(60_000));
    try {
      await running.traffic;
      await pause(500);
      const byText = await look(running.pid, 'server.mjs', 0.001);
      const listed = await look(running.pid, 'server.mjs', 1000);
      expect(listed.asked).toEqual([]);
      expect(byText.asked.filter(({ url }) => url === null)).toEqual([]);
      const urls = byText.asked.map(({ url }) => url ?? '');
      expect(urls.filter((url) => !url.startsWith('node:'))).toEqual(
        urls.filter((url) => url.startsWith('file:')),
      );
      expect(byText.details).toEqual(listed.details);
      expect(JSON.stringify(byText.details)).toContain('server.mjs');
    } finally {
      await running.stop();
    }
  },
);

test('functions that were made at run time are told from the program’s, and nothing is listed for them', async () => {
  // A program of its own: leakline's folder has more files than are read.
  const folder = mkdtempSync(join(tmpdir(), 'made-functions-'));
  const file = join(folder, 'made-functions.mjs');
  cpSync(join(import.meta.dirname, 'servers/made-functions.mjs'), file);
  writeFileSync(join(folder, 'package.json'), '{}');
  const running = await startServer(file);
  try {
    const byText = await look(running.pid, file, 0.001);
    const listed = await look(running.pid, file, 1000);
    const unknown = byText.asked.findIndex(({ url }) => url === null);
    expect(byText.asked[unknown]).toEqual({ url: null, unsure: false });
    // It went on asking, the loader of files among them.
    expect(byText.asked.slice(unknown + 1).map(({ url }) => url)).toContain(
      'node:internal/modules/cjs/loader',
    );
    expect(listed.asked).toEqual([]);
    expect(byText.details).toEqual(listed.details);
    expect(JSON.stringify(byText.details)).toContain('made-functions.mjs');
  } finally {
    await running.stop();
    rmSync(folder, { recursive: true });
  }
});

test('of files that a loader compiles on their way in the ones with the same words are found, and nothing is listed', async () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'rewritten-')));
  const source = join(import.meta.dirname, 'servers/rewritten');
  for (const name of ['server.ts', 'journal.ts', 'audience.ts'])
    cpSync(join(source, name), join(folder, name));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  const file = join(folder, 'server.ts');
  const running = await startServer(file, { nodeArgs: ['--import', join(source, 'loader.mjs')] });
  try {
    const byText = await look(running.pid, file, 0.001);
    const listed = await look(running.pid, file, 1000);
    const found = byText.asked.flatMap(({ url }) => (url?.startsWith(`file://${folder}/`) ? [url] : []));
    expect(new Set(found.map((url) => url.slice(url.lastIndexOf('/') + 1)))).toEqual(
      new Set(['server.ts', 'journal.ts', 'audience.ts']),
    );
    expect(listed.asked).toEqual([]);
    expect(byText.details).toEqual(listed.details);
    for (const holder of ['visits', 'readers']) expect(JSON.stringify(byText.details)).toContain(holder);
  } finally {
    await running.stop();
    rmSync(folder, { recursive: true });
  }
});

const withStripping = installedNodes().find(({ version }) => majorOf(version) >= 24);
test.skipIf(withStripping === undefined)(
  'Node strips types itself, unless it was told to load something',
  async () => {
    const source = join(import.meta.dirname, 'servers/rewritten');
    const file = join(source, 'server.ts');
    for (const [nodeArgs, expected] of [
      [[], true],
      [['--import', join(source, 'loader.mjs')], false],
    ] as const) {
      const running = await startServer(file, { nodeArgs, node: withStripping?.path ?? '' });
      try {
        const target = await attach(running.pid, await agentFiles(), {
          onCall: () => Promise.reject(new Error('nothing is asked for')),
        });
        expect(target.hello.stripsTypes).toBe(expected);
        await target.close();
      } finally {
        await running.stop();
      }
    }
  },
);

type Seen = { readonly asked: readonly ScriptAnswer[]; readonly details: unknown };

/** What a walk and closer looks tell, with all that moves by itself left out. */
async function look(pid: number, main: string, maxPauseMs: number): Promise<Seen> {
  const asked: ScriptAnswer[] = [];
  const finder = new ScriptFinder({
    main: resolve(`/proc/${pid}/cwd`, main),
    cwd: '/',
    executable: `/proc/${pid}/exe`,
  });
  const target = await attach(pid, await agentFiles(), {
    onCall: async (method, params) => {
      expect(method).toBe('find scripts');
      const answers = await finder.answer(params as ScriptQuestion);
      asked.push(...answers);
      return answers;
    },
  });
  const options: WatchOptions = { gc: 'natural', maxPauseMs, startGc: false };
  const beat = setInterval(() => target.peer.notify('ack', { closer: false, rises: false }), 1000);
  try {
    await target.peer.call('watch', options);
    const walk = await target.peer.call<CensusWalk>('walk');
    const keys = walk.containers.map(({ key }) => key);
    const details = await target.peer.call<ContainerDetail[]>('details', { keys });
    return {
      asked,
      details: details.map(({ key, type, steps, captures }) => ({ key, type, steps, captures })),
    };
  } finally {
    clearInterval(beat);
    await target.close();
  }
}
