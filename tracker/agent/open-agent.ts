import type { BlockList } from 'node:net';
import type { ServiceContext } from '../../service/run-service.js';
import { agentAnswer } from './agent-answer.js';
import { startAgentPort } from './agent-port.js';
import { Load } from './load.js';
import { Newness } from './newness.js';
import type { ProxiesNotice } from './proxies-notice.js';

interface AgentSettings {
  readonly tracker_agent_port: number;
  readonly tracker_listen_host: string;
  readonly sockets_max: number;
}

export interface AgentParts {
  readonly trustedProxies: BlockList;
  /** Whether proxies are to send no viewer here. */
  readonly isDraining: () => boolean;
  readonly socketCount: () => number;
  /** For how long the viewers' port held the thread up so far. */
  readonly heldMs: () => number;
  readonly notice: ProxiesNotice;
  readonly now: () => number;
}

/** Opens the port of HAProxy's agent checks where the settings have one. */
export async function openAgent<Settings extends AgentSettings>(
  { settings, logger, onStop }: ServiceContext<Settings>,
  { trustedProxies, socketCount, heldMs, notice, now, ...parts }: AgentParts,
): Promise<void> {
  const { tracker_agent_port: port, tracker_listen_host: host, sockets_max: socketsMax } = settings;
  if (port === 0) return;
  const load = new Load({ socketCount, socketsMax, heldMs, now });
  const newness = new Newness(now());
  let wasDraining = false;
  const agent = await startAgentPort({
    host,
    port,
    trustedProxies,
    answer: (asker) => {
      const isDraining = parts.isDraining();
      if (wasDraining && !isDraining) newness.renew(now());
      wasDraining = isDraining;
      notice.askedByAgent(asker);
      return agentAnswer({
        isDraining,
        load: load.value(),
        socketsMax,
        isNew: !isDraining && newness.isNewTo(asker, now()),
      });
    },
  });
  onStop('agent port', () => agent.close());
  logger.info({ address: agent.address }, 'listening to agent checks');
}
