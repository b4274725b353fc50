import type { Hello } from '../../protocol/index.js';
import { labelOptions, type RegisteredStream } from '../../registry/index.js';
import type { ViewerRequest } from '../sockets/conversation.js';
import type { Network } from '../swarm/network.js';
import type { FacetSource } from './session-facets.js';
import { deviceOf, playerOf, systemOf } from './told-device.js';

/** What a viewer tells of itself, and what its request and its stream add to it. */
export function toldFacets(
  told: Pick<Hello, 'device' | 'system' | 'player' | 'labels'>,
  { userAgent }: Pick<ViewerRequest, 'userAgent'>,
  network: Network,
  stream: Pick<RegisteredStream, 'options'> | undefined,
): FacetSource {
  return {
    network,
    device: deviceOf(told.device, userAgent),
    system: systemOf(told.system, userAgent),
    player: playerOf(told.player),
    labels: told.labels,
    streamLabels: labelOptions(stream?.options ?? {}),
  };
}
