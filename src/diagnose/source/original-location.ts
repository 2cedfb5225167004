import type { ScriptLocation, SourceLocation } from '../../core/location.ts';
import { enclosingFunctionName } from './function-name.ts';
import { placeOfFrame } from './function-place.ts';
import { tracePosition } from './original-position.ts';
import { decodeUrlPath, positionAt, type ScriptPlace, type Scripts } from './script.ts';

/** The place in what the developer wrote: through the source map where there is one, else in the script itself. */
export function originalLocation(place: ScriptPlace, workingDirectory: string): SourceLocation {
  const { script, offset } = place;
  const original = tracePosition(script, offset);
  const file = readablePath(original?.source ?? script.url, workingDirectory);
  const generated = positionAt(script, offset);
  return {
    file,
    line: original === null ? generated.line + 1 : original.line,
    column: (original === null ? generated.column : original.column) + 1,
    function: enclosingFunctionName(place),
    package: packageOf(original?.source ?? script.url),
  };
}

/** Those frames of a stack of which it is known where they are. */
export async function originalFrames(
  frames: readonly ScriptLocation[],
  scripts: Scripts,
  workingDirectory: string,
): Promise<SourceLocation[]> {
  const located = frames.map((frame) => originalFrame(frame, scripts, workingDirectory));
  return (await Promise.all(located)).filter((location) => location !== null);
}

/**
 * A frame as V8 reports it. Where the script can't be read, the frame's own line is kept if it is no worse than a
 * guess: Node's own files, and files that are not there any more. Where something rewrote the file as it was loaded it may be the line at
 * which the function begins, or `null`: a wrong line is worse than none.
 */
export async function originalFrame(
  frame: ScriptLocation,
  scripts: Scripts,
  workingDirectory: string,
): Promise<SourceLocation | null> {
  const script = await scripts.find(frame.url);
  if (script === null) {
    return {
      file: readablePath(frame.url, workingDirectory),
      line: frame.line + 1,
      column: frame.column + 1,
      function: frame.function === '' ? null : frame.function,
      package: packageOf(frame.url),
    };
  }
  const place = placeOfFrame(script, frame);
  if (place === null) return null;
  const location = originalLocation({ script, offset: place.offset }, workingDirectory);
  return location.function === null && frame.function ? { ...location, function: frame.function } : location;
}

/** The npm package a file belongs to, `null` for the program's own: the innermost `node_modules` decides. */
export function packageOf(file: string): string | null {
  const match = /^.*[\\/]node_modules[\\/](@[^\\/]+[\\/][^\\/]+|[^\\/@.][^\\/]*)[\\/]/s.exec(file);
  return match?.[1]?.replace('\\', '/') ?? null;
}

/** A path for a reader: relative to the working directory where it lies below it, forward slashes, no scheme. */
export function readablePath(url: string, workingDirectory: string): string {
  const path = normalize(url.startsWith('file://') ? decodeUrlPath(url) : withoutBundlerScheme(url));
  const directory = normalize(workingDirectory).replace(/\/$/, '');
  return directory !== '' && path.startsWith(`${directory}/`) ? path.slice(directory.length + 1) : path;
}

/** `webpack://app/./src/a.ts?1f2e` names `src/a.ts`: the scheme and the hash are the bundler's, not the developer's. */
function withoutBundlerScheme(url: string): string {
  const bundled = /^(?:webpack|webpack-internal|rollup|turbopack|vite):\/\/[^/]*\/(.*)$/s.exec(url);
  return bundled === null ? url : (bundled[1] ?? '').replace(/\?.*$/, '').replace(/^\.\//, '');
}

function normalize(path: string): string {
  // Schemes (`node:fs`, `https://…`) are no paths.
  if (/^[a-z][a-z+.-]+:/i.test(path)) return path;
  const parts: string[] = [];
  for (const part of path.replaceAll('\\', '/').split('/')) {
    if (part === '.' || (part === '' && parts.length > 0)) continue;
    if (
      part === '..' &&
      parts.length > 0 &&
      parts[parts.length - 1] !== '..' &&
      parts[parts.length - 1] !== ''
    ) {
      parts.pop();
    } else {
      parts.push(part);
    }
  }
  return parts.join('/');
}
