import type { Value } from './declared.ts';
import { decodeUrlPath, type Script, type Scripts } from './script.ts';

/** The script a relative specifier names. Bare ones (`express`) need the file system to be resolved, and are not. */
export async function resolveScript(
  scripts: Scripts,
  from: Script,
  specifier: string,
): Promise<Value | null> {
  if (!/^\.{1,2}(?:\/|$)|^\/|^file:/.test(specifier)) return null;
  const base = from.url.startsWith('file://') ? decodeUrlPath(from.url) : from.url;
  const path = specifier.startsWith('file:') ? decodeUrlPath(specifier) : join(base, specifier);
  // Those with an extension of their own first, so that a reader is not asked for folders.
  const candidates = /\.[cm]?[jt]s$/.test(path)
    ? [path]
    : [`${path}.js`, `${path}.cjs`, `${path}.mjs`, `${path}.ts`, `${path}/index.js`, path];
  for (const candidate of candidates) {
    const script = await scripts.find(candidate);
    if (script?.program != null) return { script, node: script.program, module: true };
  }
  return null;
}

function join(base: string, specifier: string): string {
  if (specifier.startsWith('/')) return specifier;
  const parts = base.replaceAll('\\', '/').split('/').slice(0, -1);
  for (const part of specifier.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}
