import { get } from 'node:http';

export type InspectorTarget = { readonly webSocketDebuggerUrl: string; readonly title: string };

/**
 * What an inspector at host:port offers (`/json/list`). Rejects if nobody answers in time or if it is no inspector.
 * The answer comes from whatever listens there: it is capped and checked, not trusted.
 */
export function listInspectorTargets(
  host: string,
  port: number,
  timeoutMs: number,
): Promise<InspectorTarget[]> {
  return new Promise((resolve, reject) => {
    const request = get({ host, port, path: '/json/list', timeout: timeoutMs, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
        if (text.length > 1_000_000) request.destroy(new Error('the answer is too long for an inspector'));
      });
      response.on('end', () => {
        try {
          const targets: unknown = JSON.parse(withoutControls(text));
          if (!Array.isArray(targets)) throw new Error('the answer is not a list of inspector targets');
          resolve(targets.filter(isInspectorTarget));
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      });
    });
    request.on('timeout', () => request.destroy(new Error(`no answer within ${timeoutMs} ms`)));
    request.on('error', reject);
  });
}

/** Node writes the program's name as it is, control characters in it too, which no JSON may have. Nothing else has any meaning. */
function withoutControls(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replaceAll(/[\u0000-\u001f]/g, ' ');
}

function isInspectorTarget(value: unknown): value is InspectorTarget {
  const target = value as Partial<InspectorTarget> | null;
  return typeof target?.webSocketDebuggerUrl === 'string' && target.webSocketDebuggerUrl.startsWith('ws://');
}
