import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { chromiumPath, launchChromium, noteComplaints } from './browser.ts';
import { printedUrl } from './processes.ts';

const source = 'lab/websocket/leaking/server.ts';

/** As a reader of `leakline lab --ui` has it: from the printed address to what is left when the command has ended. */
test.skipIf(chromiumPath === undefined)(
  'the story on the live page, to its very end: one side is told leaking with its line and then dies, the other is steady, and the page stays',
  { timeout: 360_000 },
  async () => {
    const browser = await launchChromium();
    // Two fifths of what `npm start` adds, and a quarter of the heap, so that it ends soon and a browser has memory left.
    // Steady goes by the limit: with half of this the fixed side of a busy machine took three minutes, warming up.
    const command = spawn(process.execPath, [
      'dist/cli.js',
      'lab',
      '--ui',
      '--to-the-end',
      '--items',
      '400000',
      '--heap-limit',
      '1.1GB',
      '--for',
      '300s',
    ]);
    let stdout = '';
    command.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    const exited = new Promise<number | null>((resolve) => command.once('exit', resolve));
    try {
      const seen: string[] = [];
      const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
      noteComplaints(page, seen);
      await page.goto(await printedUrl(command));
      const fixed = page.locator('section[aria-label="fixed"]');
      const leaking = page.locator('section[aria-label="leaking"]');
      await leaking.locator('.verdict', { hasText: 'LEAKING' }).waitFor({ timeout: 150_000 });
      await page.locator('main', { hasText: `${source}:${markedLine('added at')}` }).waitFor();
      // It was alive when it was told.
      expect(await leaking.innerText()).not.toContain('SIGABRT');
      expect(await exited).toBe(0);
      await page.locator('#connection', { hasText: 'leakline has ended' }).waitFor();

      // What stands there now stays, with the server gone.
      expect(await leaking.innerText()).toMatch(/ended after .*SIGABRT/);
      expect(await leaking.locator('.verdict').innerText()).toContain('LEAKING');
      expect(await fixed.locator('.verdict').innerText()).toContain('STEADY');
      expect(await fixed.innerText()).not.toContain('SIGABRT');
      const words = await page.locator('main').innerText();
      for (const mark of ['held by', 'grows', 'added at'])
        expect(words).toContain(`${source}:${markedLine(mark)}`);
      expect(words).toContain('7 WebSockets are CLOSED and still held');
      expect(await page.locator('.plot canvas').count()).toBeGreaterThanOrEqual(2);
      await page.locator('.plot').first().focus();
      await page.keyboard.press('+');
      expect(await page.locator('.stretch').allInnerTexts()).toEqual([
        expect.stringMatching(/ to /),
        expect.stringMatching(/ to /),
      ]);
      // The same answer as at the terminal.
      expect(stdout).toContain(`${source}:${markedLine('added at')}`);
      expect(seen).toEqual([]);
    } finally {
      command.kill('SIGTERM');
      await exited;
      await browser.close();
    }
  },
);

/** The line above the mark in the leaking server. */
function markedLine(mark: string): number {
  return readFileSync(source, 'utf8')
    .split('\n')
    .findIndex((line) => line.includes(`// ^^ lab: ${mark}`));
}
