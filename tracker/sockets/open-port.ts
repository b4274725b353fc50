import { exitCode, messageOf, StartError } from '../../service/errors.js';
import type { ServiceContext } from '../../service/run-service.js';
import { trackerLimits } from '../limits.js';
import type { TrackerSettings } from '../settings.js';
import { trustedProxies } from './client-address.js';
import { startTrackerServer, type TrackerServer, type TrackerServerOptions } from './server.js';

/** The viewers' port by the settings: its bounds, and where viewers come from. */
export type PortOptions = ReturnType<typeof portOptions>;

type PortParts = Omit<
  TrackerServerOptions,
  keyof PortOptions | 'tls' | 'greetingDeadlineMs' | 'aliveCheckMs' | 'logger'
> & { readonly certificate: NonNullable<TrackerServerOptions['tls']>['certificate'] | undefined };

/** Throws a StartError where the proxies that are believed are none. */
export function portOptions(settings: TrackerSettings) {
  const { proxy_header: proxyHeader, proxy_protocol: usesProxyProtocol } = settings;
  try {
    return {
      host: settings.tracker_listen_host,
      port: settings.tracker_listen_port,
      socketsMax: settings.sockets_max,
      socketsPerAddressMax: settings.sockets_per_address_max,
      messagesPerSecond: settings.messages_per_second,
      messagesBurst: settings.messages_burst,
      trustedProxies: trustedProxies(settings.trusted_proxies),
      proxyHeader,
      usesProxyProtocol,
      reconnectsPerSecondMax: settings.drain_sockets_per_second,
    };
  } catch (error) {
    const message = `setting "trusted_proxies": ${messageOf(error)}`;
    throw new StartError('configuration', message, exitCode.configuration, error);
  }
}

/** Opens the viewers' port, and the one with TLS where there is a certificate. */
export async function openPort(
  { settings, logger }: ServiceContext<TrackerSettings>,
  port: PortOptions,
  { certificate, ...parts }: PortParts,
): Promise<TrackerServer> {
  const server = await startTrackerServer({
    ...port,
    ...parts,
    tls: certificate && { port: settings.tracker_ssl_listen_port, certificate },
    greetingDeadlineMs: trackerLimits.greetingDeadlineMs,
    aliveCheckMs: trackerLimits.aliveCheckMs,
    logger,
  });
  const { address, tlsAddress } = server;
  const believed = { trustedProxies: settings.trusted_proxies };
  logger.info({ address, tlsAddress, ...believed }, 'listening to viewers');
  return server;
}
