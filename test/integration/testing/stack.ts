import { Supervisor } from '../../../lab/stack/process/supervisor.js';
import { Services } from '../../../lab/stack/services.js';
import type { StackAddresses } from '../../../lab/stack/index.js';

type PortalAddress = NonNullable<StackAddresses['portal']>;

/** The addresses of the stack that all integration tests share. Don't end or disturb its parts. */
export function sharedStack(): StackAddresses & { readonly portal: PortalAddress } {
  const text = process.env['INTEGRATION_STACK'];
  if (text === undefined) throw new Error('no shared stack: global-setup.mjs makes it');
  return JSON.parse(text) as StackAddresses & { readonly portal: PortalAddress };
}

/** The shared stack's minute, and how late and far ahead an announce may be. */
export const sharedTimes = { intervalMs: 5_000, lateMs: 15_000, graceMs: 5_000 };

export interface ExtraServices {
  readonly services: Services;
  readonly supervisor: Supervisor;
  /** To be called at the end (`afterAll`): ends everything that was started here. */
  close(): Promise<void>;
}

let extras = 0;

/**
 * A test's own service processes on the shared stack's servers: they may be killed, stopped and
 * started again at will. Trackers started here are not behind HAProxy.
 */
export function extraServices(): ExtraServices {
  const supervisor = new Supervisor();
  extras += 1;
  const services = new Services(supervisor, sharedStack(), `-${process.pid}-${extras}`);
  return { services, supervisor, close: () => supervisor.close() };
}
