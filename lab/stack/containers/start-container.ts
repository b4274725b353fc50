import { createWriteStream, type WriteStream } from 'node:fs';
import { constants } from 'node:os';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import {
  GenericContainer,
  getContainerRuntimeClient,
  StartupCheckStrategy,
  type StartupStatus,
} from 'testcontainers';
import type { Launch, Launched } from '../process/process-spec.js';
import { imageTag } from './images.js';
import { ourUser } from './our-user.js';

/** What a process has printed comes a moment after its end at most. */
const logEndMsMax = 2_000;

/**
 * Starts a process in a container of its image, on this host's network. What it prints goes to the
 * log file; the container is gone when the process has ended. Its pid is one of this host.
 */
export async function startContainer(spec: Launch, logFile: string): Promise<Launched> {
  if (spec.container === undefined) throw new Error(`${spec.name} has no image`);
  const log = new ContainerLog(logFile);
  const started = await new HostContainer(spec, spec.container)
    .withLogConsumer((stream) => log.take(stream))
    .start();
  const client = await getContainerRuntimeClient();
  const container = client.container.getById(started.getId());
  const exited = container
    .wait()
    .then(async ({ StatusCode: code }: { readonly StatusCode: number }) => {
      await Promise.race([log.isWhole, delay(logEndMsMax)]);
      await container.remove({ force: true, v: true });
      return code;
    })
    // An engine that is gone has ended what it ran.
    .catch(() => 128 + constants.signals.SIGKILL);
  const { State: state } = await container.inspect();
  // One that has ended already has none; 0 would be this process itself.
  return { pid: state.Pid === 0 ? undefined : state.Pid, exited };
}

/** Who started it asks by itself whether it is ready. */
class AtOnce extends StartupCheckStrategy {
  override checkStartupState(): Promise<StartupStatus> {
    return Promise.resolve('SUCCESS');
  }
}

class ContainerLog {
  readonly #file: WriteStream;
  readonly isWhole: Promise<void>;

  constructor(path: string) {
    this.#file = createWriteStream(path, { flags: 'a' });
    this.isWhole = new Promise((resolve) => this.#file.once('close', resolve));
    // The stack's folder may be gone before the last line.
    this.#file.on('error', () => undefined);
  }

  take(stream: Readable): void {
    stream.pipe(this.#file);
  }
}

class HostContainer extends GenericContainer {
  constructor(
    spec: Launch,
    { image, isShippedAsIs = false, mounts = [] }: NonNullable<Launch['container']>,
  ) {
    super(imageTag(image));
    this.withNetworkMode('host')
      .withEntrypoint([spec.command])
      .withCommand([...spec.args])
      .withEnvironment({ ...spec.environment })
      .withBindMounts(mounts.map((path) => ({ source: path, target: path })))
      .withAutoCleanup(false)
      .withWaitStrategy(new AtOnce());
    if (spec.cwd !== undefined) this.withWorkingDir(spec.cwd);
    if (isShippedAsIs) {
      this.hostConfig.ReadonlyRootfs = true;
      this.withTmpFs({ '/tmp': '' })
        .withDroppedCapabilities('ALL')
        .withSecurityOpt('no-new-privileges');
    } else {
      // Pids as on this host, by which HAProxy's workers are told apart.
      this.hostConfig.PidMode = 'host';
    }
    // Files that are mounted are those of whoever runs the stack.
    if (mounts.length > 0) this.withUser(ourUser());
  }
}
