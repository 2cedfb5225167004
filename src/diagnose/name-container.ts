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

/**
 * The name of a container that does not grow, for the list of those found innocent; `null` if the source has none
 * for it. Reads the scripts on its path.
 */
export async function nameContainer(
  detail: ContainerDetail,
  context: DiagnoseContext,
): Promise<NamedContainer | null> {
  const scripts = new Scripts(context.sources);
  const path = await readPath(detail.steps, scripts, []);
  const { holder, grows, growsIn } = await heldBy(
    notGrowing(detail),
    path,
    scripts,
    context.workingDirectory,
  );
  const { location } = holder;
  // That a buffer inside of Node does not grow is no news of the program's.
  if (location === null || growsIn === 'itself') return null;
  const name = grows === null ? holder.name : `${grows.name} in ${holder.name}`;
  return { words: { name, type: grows?.type ?? holder.type }, location, package: location.package };
}
