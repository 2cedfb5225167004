import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A directory only this user can enter (mkdtemp makes it 0700), for the socket the agent connects to. */
export function makePrivateDirectory(): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(runtimeDirectory(), 'leakline-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Socket paths are limited to 107 bytes, so a deep TMPDIR is passed over. */
function runtimeDirectory(): string {
  const candidate = tmpdir();
  return candidate.length <= 60 ? candidate : '/tmp';
}
