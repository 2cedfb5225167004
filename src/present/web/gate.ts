import { createHash, timingSafeEqual } from 'node:crypto';

/** What the gate looks at of a request. Header names and values alternate, as they came: of two hosts neither is right. */
export type Asked = {
  readonly method: string;
  /** The request's target as it stands in its first line; nothing decodes or normalises it. */
  readonly target: string;
  readonly rawHeaders: readonly string[];
};

/** What the server knows and a stranger does not. */
export type GateKeys = {
  readonly port: number;
  /** Stands in the address that was printed, and is good for one cookie. */
  readonly token: string;
  readonly isTokenUsed: boolean;
  readonly cookie: string;
  /**
   * The folder that all but the first address lie in. A browser sends a cookie to every port of a host, so without a
   * folder that no other program knows, each server on this machine that one visits would be given it.
   */
  readonly folder: string;
};

/** `entrance` hands out the cookie, `entered` leads whoever has it already to the page; `null` refuses. */
export type Passage = 'entrance' | 'entered' | FileName | null;

/** Below the folder. */
export const FILE_NAMES = ['', 'page.js', 'page.css', 'icon.svg', 'events'] as const;
export type FileName = (typeof FILE_NAMES)[number];

/**
 * Who may have what. Everything else is refused, and no refusal tells why.
 *
 * The host keeps out a stranger's page whose name was made to lead to this machine; the origin keeps out what another page
 * asks for; the cookie keeps out other users of the machine, and programs. There is nothing that a request could change,
 * so all methods but GET are refused, and requests with a body are.
 */
export function passageFor({ method, target, rawHeaders }: Asked, keys: GateKeys): Passage {
  if (method !== 'GET') return null;
  const host = onlyValue(rawHeaders, 'host');
  if (host === null || !HOST_NAMES.some((name) => host === `${name}:${keys.port}`)) return null;
  const origins = valuesOf(rawHeaders, 'origin');
  if (!origins.every((origin) => origin === `http://${host}`) || origins.length > 1) return null;
  if (FORBIDDEN_HEADERS.some((name) => valuesOf(rawHeaders, name).length > 0)) return null;
  if (target.startsWith(ENTRANCE)) {
    if (!isSame(target.slice(ENTRANCE.length), keys.token)) return null;
    return keys.isTokenUsed ? 'entered' : 'entrance';
  }
  const name = FILE_NAMES.find((file) => target === `/${keys.folder}/${file}`);
  return name !== undefined && hasCookie(rawHeaders, keys.cookie) ? name : null;
}

export function entranceAddress({ port, token }: Pick<GateKeys, 'port' | 'token'>): string {
  return `http://127.0.0.1:${port}${ENTRANCE}${token}`;
}

export const COOKIE_NAME = 'leakline';

const ENTRANCE = '/?token=';
/** The address we listen on and the name that no resolver is asked for. */
const HOST_NAMES = ['127.0.0.1', 'localhost'];
/** No file has a body to take or another protocol to speak. */
const FORBIDDEN_HEADERS = ['content-length', 'transfer-encoding', 'upgrade', 'expect'];

function hasCookie(rawHeaders: readonly string[], cookie: string): boolean {
  return valuesOf(rawHeaders, 'cookie')
    .flatMap((value) => value.split(';'))
    .some((pair) => isSame(pair.trim(), `${COOKIE_NAME}=${cookie}`));
}

function onlyValue(rawHeaders: readonly string[], name: string): string | null {
  const values = valuesOf(rawHeaders, name);
  return values.length === 1 ? (values[0] ?? null) : null;
}

function valuesOf(rawHeaders: readonly string[], name: string): string[] {
  return rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name);
}

/** Takes equally long wherever the two differ. */
function isSame(told: string, secret: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(told), digest(secret));
}
