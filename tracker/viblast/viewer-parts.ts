import type { ClusterSettings, RegisteredStream } from '../../registry/index.js';
import type { ToldRefusal } from '../admission/check.js';
import type { TicketTimes } from '../admission/ticket.js';
import type { ReportParts } from '../announces/reports.js';
import type { SessionRates } from '../announces/session-budget.js';
import type { SessionBudgets } from '../announces/session-budgets.js';
import type { SessionFacets } from '../facets/session-facets.js';
import type { PseudonymOf } from '../facets/viewer-pseudonym.js';
import type { IceServers } from '../ice/ice-servers.js';
import type { TrackerMetrics } from '../metrics.js';
import type { Neighbours } from '../neighbours/index.js';
import type { StreamAudience } from '../policy/stream-audience.js';
import type { Network } from '../swarm/network.js';
import type { OfferBook } from '../swarm/offer-book.js';
import type { SwarmStore } from '../swarm/swarm-store.js';
import type { SessionDirectory } from './session-directory.js';
import type { WaitingAcknowledgements } from './waiting-acknowledgements.js';

/** What all viewers' sessions of a tracker share with its other parts. */
export interface ViewerParts {
  readonly cluster: ClusterSettings;
  readonly findStream: (key: string) => RegisteredStream | undefined;
  readonly swarms: SwarmStore;
  readonly offers: OfferBook;
  readonly directory: SessionDirectory;
  readonly audience: StreamAudience;
  readonly neighbours: Neighbours;
  readonly announces: ReportParts['queue'];
  readonly metrics: TrackerMetrics;
  readonly announceIntervalMs: number;
  /** What a socket may send for long and at once; beyond it, it is closed. */
  readonly messagesPerSecond: number;
  readonly messagesBurst: number;
  /** What `budgets` hold sessions to, as viewers are told. */
  readonly rates: SessionRates;
  readonly budgets: SessionBudgets;
  /** Where an address is in the network, for the choice of its peers. */
  readonly networkOf: (address: string) => Network;
  readonly facets: SessionFacets;
  readonly pseudonymOf: PseudonymOf;
  readonly iceServers: IceServers;
  readonly ticketTimes: TicketTimes;
  /** How long a viewer that has left waits for the last answers. */
  readonly leaveDeadlineMs: number;
  readonly now: () => number;
  /** 22 base64url characters that begin with our instance: nobody can guess one. */
  readonly newPeerId: () => string;
  readonly partitionOf: (stream: string, session: Uint8Array, partitions: number) => number;
  /** Told of announces that a session can't mean: `session` is stream and session id. */
  readonly onImplausible: (session: string, address: string, numbers: readonly number[]) => void;
  /** Told of each that may not join. */
  readonly onRefused: (refusal: ToldRefusal) => void;
  readonly onInternalError: (error: unknown) => void;
}

/** What they share besides. */
export interface SessionParts extends ViewerParts {
  readonly acknowledgements: WaitingAcknowledgements;
  readonly reportParts: ReportParts;
}
