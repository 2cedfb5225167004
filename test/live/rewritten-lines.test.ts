import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { transformSync } from 'rolldown/utils';
import { describe, expect, test, type TestContext } from 'vitest';
import { installedNodes } from '../../bench/lib/nodes.ts';
import type { Report } from '../../src/report/schema.ts';
import { agentFiles } from '../../src/session/agent-files.ts';
import { sourceFiles } from '../../src/session/source-files.ts';
import { attach } from '../../src/target/attach.ts';
import { type RunningServer, cli, startServer } from './processes.ts';

const folder = join(import.meta.dirname, 'servers/rewritten');
const journal = join(folder, 'journal.ts');
const written = readFileSync(journal, 'utf8');

test.for(installedNodes())(
  'the map of a loader is had from Node $version, and none where it keeps none',
  async ({ path }, context) => {
    for (const withMaps of [true, false]) {
      const server = await rewrittenServer(context, withMaps, path);
      const target = await attach(server.pid, await agentFiles(), {
        onCall: () => Promise.reject(new Error('nothing is asked for')),
      });
      try {
        const nodeSourceMap = (url: string): Promise<string | null> =>
          target.peer.call('source map', { url });
        const source = await sourceFiles({ stripsTypes: false, nodeSourceMap }).read(
          pathToFileURL(journal).href,
        );
        const { map } = source?.rewritten ?? {};
        const { mappings } = transformSync(journal, written, { sourcemap: true }).map ?? {};
        if (withMaps) expect(JSON.parse(map ?? '')).toMatchObject({ mappings });
        else expect(map).toBeNull();
        expect(await nodeSourceMap('file:///nowhere.ts')).toBeNull();
      } finally {
        await target.close();
        await server.stop();
      }
    }
  },
);

describe.concurrent('lines of a file that was compiled as it was loaded', () => {
  test.for([true, false])('are those that were written (with maps: %s)', async (withMaps, context) => {
    const server = await rewrittenServer(context, withMaps);
    const report = await watchUnderLoad(server);
    expect(report.verdict.kind).toBe('leaking');
    const [finding] = report.findings;
    expect(finding?.heldBy).toMatchObject({
      name: 'visits',
      location: {
        file: expect.stringMatching(/journal\.ts$/) as string,
        line: lineOf('private readonly visits'),
      },
    });
    expect(finding?.addedAt?.location).toMatchObject({
      file: expect.stringMatching(/journal\.ts$/) as string,
      line: lineOf('this.visits.set'),
      function: 'Journal.record',
    });
  });
});

function lineOf(words: string): number {
  return written.split('\n').findIndex((line) => line.includes(words)) + 1;
}

async function rewrittenServer(
  { onTestFinished }: TestContext,
  withMaps: boolean,
  node = process.execPath,
): Promise<RunningServer> {
  const server = await startServer(join(folder, 'server.ts'), {
    node,
    nodeArgs: ['--import', join(folder, 'loader.mjs')],
    env: { WITH_MAPS: withMaps ? '1' : '0' },
  });
  onTestFinished(() => server.stop());
  return server;
}

async function watchUnderLoad(server: RunningServer): Promise<Report> {
  const over = new AbortController();
  const load = (async () => {
    while (!over.signal.aborted) {
      await fetch(`http://127.0.0.1:${server.port}/${'x'.repeat(8000)}`).then((response) => response.text());
      await pause(5);
    }
  })();
  try {
    const { stdout } = await cli([String(server.pid), '--for', '60s', '--quiet', '--json', '-']);
    return JSON.parse(stdout) as Report;
  } finally {
    over.abort();
    await load;
  }
}
