import type { ImageName } from '../containers/images.js';
import type { ProbeResult } from './wait-until.js';

type Environment = Readonly<Record<string, string>>;

/** What is a function is asked at each start. */
export interface ProcessSpec {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[] | (() => readonly string[]);
  readonly cwd?: string;
  /** Added to the parent's environment, without its VIBLAST_ settings; a container's own else. */
  readonly environment?: Environment | (() => Environment);
  /** Where it runs if the stack is in containers; without it on this machine all the same. */
  readonly container?: {
    readonly image: ImageName;
    /**
     * True: as it is in production: a root that is read-only, no rights, and the image's own user
     * unless something is mounted.
     */
    readonly isShippedAsIs?: boolean;
    /** Folders of this machine that are there at the same path. */
    readonly mounts?: readonly string[];
  };
  /** Run before each start: configuration files, stale pid files. */
  readonly prepare?: () => Promise<void> | void;
  readonly isReady: () => Promise<ProbeResult>;
  readonly readyWithinMs?: number;
}

/** A process as it is started now. */
export type Launch = Omit<ProcessSpec, 'args' | 'environment'> & {
  readonly args: readonly string[];
  readonly environment: Environment;
};

export function launchOf(spec: ProcessSpec): Launch {
  const { args, environment = {} } = spec;
  return {
    ...spec,
    args: typeof args === 'function' ? args() : args,
    environment: typeof environment === 'function' ? environment() : environment,
  };
}

/** A process that was started. */
export interface Launched {
  /** None: it has ended already. */
  readonly pid: number | undefined;
  /** Resolves with the exit code, or 128 + the signal's number. */
  readonly exited: Promise<number>;
}
