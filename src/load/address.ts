import { LeaklineError } from '../core/errors.ts';

/**
 * The address of a server, if it is one of these protocols (`http:`, `ws:` …). Without its fragment, which is not
 * for servers and which `ws` refuses.
 *
 * @throws LeaklineError `USAGE` if it is not.
 */
export function checkedAddress(address: URL | string, protocols: readonly string[]): URL {
  const text = String(address);
  if (!URL.canParse(text)) throw new LeaklineError('USAGE', { message: `"${text}" is not an address` });
  const url = new URL(text);
  if (!protocols.includes(url.protocol)) {
    throw new LeaklineError('USAGE', {
      message: `"${text}" is not an address that starts with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
    });
  }
  url.hash = '';
  return url;
}
