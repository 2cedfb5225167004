import type { Hidden } from './element-bytes.ts';
import type { CensusHost } from './host.ts';
import { OwnCaptures } from './own-captures.ts';
import { PrivateFields } from './private-fields.ts';

/** What the inspector tells of the elements of one container that no property leads to, for one closer look. */
export function hiddenOf(host: CensusHost): Hidden {
  const captures = new OwnCaptures(host);
  const fields = new PrivateFields(host);
  return (object) => {
    if (typeof object === 'function') return () => captures.of(object);
    if (host.types.isPromise(object)) return () => [host.scopes.readPromise(object)?.value];
    return fields.has(object) ? () => host.scopes.readPrivateValues(object) : null;
  };
}
