import { join } from 'node:path';

export type ServiceName = 'tracker' | 'rollup' | 'ingest';

/** Where one service has its things. */
export interface ServicePaths {
  readonly service: ServiceName;
  /** As people are told of it. */
  readonly name: string;
  readonly main: string;
  readonly folder: string;
  readonly pidFile: string;
  readonly logFile: string;
  /** For `--config`; without one the service looks where it does by itself, in /etc/viblast. */
  readonly configPath: string | undefined;
}

export interface Placing {
  /** The package, where `dist` is. */
  readonly program: string;
  /** The folder of `etc`, `log` and `data`. */
  readonly root: string;
  /** Several processes of a service on one host are told apart by it. */
  readonly instance?: string | undefined;
  /** What `--config` said. */
  readonly configPath?: string | undefined;
  /** Whether a folder has settings in it. */
  readonly hasSettings: (folder: string) => boolean;
}

/** An instance has settings in `etc/INSTANCE`, and its name in those of its files. */
export function servicePaths(service: ServiceName, placing: Placing): ServicePaths {
  const { program, root, instance } = placing;
  const name = instance === undefined ? service : `${service}@${instance}`;
  const etc = join(root, 'etc', ...(instance === undefined ? [] : [instance]));
  const isOwn = instance !== undefined || placing.hasSettings(etc);
  return {
    service,
    name,
    main: join(program, 'dist', service, 'main.js'),
    folder: root,
    pidFile: join(root, 'data', `${name}.pid`),
    logFile: join(root, 'log', `${name}.log`),
    configPath: placing.configPath ?? (isOwn ? etc : undefined),
  };
}
