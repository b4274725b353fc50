import type { Browser } from '../../../schemas/index.js';
import type { ViewerAnnounce } from '../announce-queue.js';
import { announceKey, Ledger, type LedgerAnnounce } from '../ledger.js';

/** An announce with these fields, quiet in all others. */
export function viewerAnnounce(fields: Partial<ViewerAnnounce>): ViewerAnnounce {
  return {
    number: 0,
    time: 0,
    segment: 1,
    state: 'playing',
    watchedMs: 0,
    stalledMs: 0,
    stalls: 0,
    cdnBytes: 0,
    peerBytes: 0,
    uploadedBytes: 0,
    peers: 0,
    bufferLengthMs: 0,
    liveLatencyMs: 0,
    throughputKbps: 0,
    droppedFrames: 0,
    errors: 0,
    ...fields,
  };
}

export function ledgerAnnounce(
  fields: Partial<ViewerAnnounce>,
  about: {
    readonly stream?: string;
    readonly session?: string;
    readonly browser?: Browser;
    readonly facts?: LedgerAnnounce['facts'];
    readonly outcome?: LedgerAnnounce['outcome'];
    readonly resends?: number;
    readonly sendings?: LedgerAnnounce['sendings'];
    readonly acknowledgedAtMs?: number;
  } = {},
): LedgerAnnounce {
  return {
    stream: 'arena-main',
    session: 'session-1',
    facts: undefined,
    browser: 'Chrome',
    outcome: 'acknowledged',
    resends: 0,
    firstSentAtMs: about.sendings?.[0]?.atMs ?? 0,
    sendings: [{ atMs: 0, standing: undefined }],
    ...about,
    announce: viewerAnnounce(fields),
  };
}

export function ledgerOf(announces: readonly LedgerAnnounce[]): Ledger {
  const ledger = new Ledger();
  for (const announce of announces) {
    const { stream, session } = announce;
    ledger.announces.set(announceKey(stream, session, announce.announce.number), announce);
  }
  return ledger;
}
