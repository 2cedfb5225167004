import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** The script of the live page, or of a page in a file; both lie beside the bundle that this is part of. */
export async function pageScript(name: 'web' | 'file-page'): Promise<string> {
  return readFile(fileURLToPath(new URL(`./${name}.js`, import.meta.url)), 'utf8');
}
