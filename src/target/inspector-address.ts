import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { LeaklineError } from '../core/errors.ts';

/** Where an inspector is open. `path` is the target's own (`/UUID`), if it was given. */
export type InspectorAddress = { readonly host: string; readonly port: number; readonly path: string | null };

/**
 * `host:port` or `ws://host:port/…`. Throws USAGE for anything else, NOT_THIS_MACHINE for a host elsewhere.
 *
 * Only IP addresses and `localhost`, as Node's inspector itself has it: a name is whatever its server says. And only
 * this machine, because the agent connects back over a local socket.
 */
export function parseInspectorAddress(text: string): InspectorAddress {
  const wanted = (): never => {
    throw new LeaklineError('USAGE', {
      message: `"${text}" is neither a pid nor the address of an inspector (127.0.0.1:9229 or ws://127.0.0.1:9229/…)`,
    });
  };
  const match = /^(?:(ws):\/\/)?(\[[^\]]+\]|[^:/[\]]+):(\d{1,5})(\/[^\s]*)?$/i.exec(text);
  if (match === null) return wanted();
  const [, scheme, written = '', digits, path = ''] = match;
  const port = Number(digits);
  if (port < 1 || port > 65_535 || (scheme === undefined && path !== '')) return wanted();
  const host = written.replace(/^\[|\]$/g, '');
  if (host.toLowerCase() !== 'localhost' && isIP(host) === 0) {
    throw new LeaklineError('USAGE', {
      message: `The host of an inspector is an IP address or localhost, not "${host}"`,
    });
  }
  if (!isThisMachine(host)) throw new LeaklineError('NOT_THIS_MACHINE', { address: text, pid: null });
  return { host: connectTo(host), port, path: path === '' || path === '/' ? null : path };
}

/** What stands in a URL before the port. */
export function addressText({ host, port }: Pick<InspectorAddress, 'host' | 'port'>): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function isThisMachine(host: string): boolean {
  if (connectTo(host) !== host || host === '::1' || host.startsWith('127.')) return true;
  return Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === host));
}

/** `localhost` and the addresses that stand for all of this machine's lead to the loopback, where Node listens. */
function connectTo(host: string): string {
  if (host === '::') return '::1';
  return host === '0.0.0.0' || host.toLowerCase() === 'localhost' ? '127.0.0.1' : host;
}
