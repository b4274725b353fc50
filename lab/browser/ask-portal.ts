export interface AskedPortal {
  readonly url: string;
  readonly token: string;
}

const timeoutMs = 30_000;

/** Asks a portal's API to change something. Rejects when it doesn't. */
export async function askPortal(
  portal: AskedPortal,
  method: string,
  path: string,
  body: object,
  etag = '',
): Promise<Response> {
  const response = await fetch(`${portal.url}/api/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${portal.token}`,
      'content-type': 'application/json',
      ...(etag === '' ? {} : { 'if-match': etag }),
    },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(timeoutMs),
  });
  if (!response.ok) throw new Error(`${method} ${path}: HTTP ${response.status}`);
  return response;
}
