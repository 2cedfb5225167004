import type { ContainerDetail } from '../core/census.ts';
import type { SourceLocation } from '../core/location.ts';
import { type DiagnoseContext, notGrowing } from './growing-container.ts';
import { heldBy } from './holder.ts';
import { readPath } from './path-reading.ts';
import { Scripts } from './source/script.ts';

/** What a reader calls a container, and where it is declared. */
export type NamedContainer = {
  readonly words: { readonly name: string; readonly type: string };
  readonly location: SourceLocation;
  /** `null` for the program's own. */
  readonly package: string | null;
};

/** What of Node's own the program's variable has in itself, as a stream its buffer. */
type Inside = 'left out' | 'named too';

/**
 * The name of a container, whether or not it grows; `null` if the source has none for it. Reads the scripts on its path.
 *
 * That a buffer inside of Node does not grow is no news of the program's, so it is left out unless asked for.
 */
export async function nameContainer(
  detail: ContainerDetail,
  context: DiagnoseContext,
  {
    inside = 'left out',
    scripts = new Scripts(context.sources),
  }: { inside?: Inside; scripts?: Scripts } = {},
): Promise<NamedContainer | null> {
  const path = await readPath(detail.steps, scripts, []);
  const { holder, grows, growsIn } = await heldBy(
    notGrowing(detail),
    path,
    scripts,
    context.workingDirectory,
  );
  const { location } = holder;
  if (location === null || (growsIn === 'itself' && inside === 'left out')) return null;
  const name = grows === null ? holder.name : `${grows.name} in ${holder.name}`;
  return { words: { name, type: grows?.type ?? holder.type }, location, package: location.package };
}
