import { randomBytes } from 'node:crypto';

/** What is attacked: addresses alone, so that it may be a stack of its own or a shared one. */
export interface Place {
  /** Where ordinary viewers come in. */
  readonly ws: string;
  /** Where hostile ones do, by turns. */
  readonly hostileWs: readonly string[];
  readonly trackers: readonly Measured[];
  readonly rollups: readonly Measured[];
  readonly ingests: readonly Measured[];
  readonly kafka: { readonly brokers: readonly string[] };
  readonly clickhouse: { readonly url: string; readonly database: string };
  readonly graphite: { readonly render: string };
  readonly portal: { readonly url: string; readonly token: string };
  /** Where the ledgers go. */
  readonly folder: string;
  readonly times: {
    readonly intervalMs: number;
    readonly lateMs: number;
    readonly graceMs: number;
    readonly takeoverMs: number;
  };
  /** Partitions of `announces`. */
  readonly partitions: number;
  /** True: there are no other streams, so that the figures over all of them are compared too. */
  readonly isAlone: boolean;
}

/** A service process that is asked for its metrics. */
export interface Measured {
  readonly name: string;
  readonly admin: string;
}

/** The streams of a run. */
export interface SiegeStreams {
  /** Whom nobody attacks. */
  readonly ordinary: readonly string[];
  readonly hostile: string;
  /** Asks for a token. */
  readonly locked: string;
}

const timeoutMs = 30_000;

/** Registers the streams. */
export async function registerStreams(
  { portal }: Pick<Place, 'portal'>,
  { ordinary, hostile, locked }: SiegeStreams,
): Promise<void> {
  const secret = randomBytes(32).toString('base64url');
  for (const key of [...ordinary, hostile, locked]) {
    const tokenKeys = key === locked ? [{ kid: 'k1', secret }] : [];
    const response = await fetch(`${portal.url}/api/v1/streams`, {
      method: 'POST',
      headers: { authorization: `Bearer ${portal.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ key, tokenKeys }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (!response.ok) throw new Error(`stream ${key}: ${response.status} ${await response.text()}`);
  }
}
