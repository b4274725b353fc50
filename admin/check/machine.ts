/** What was found of this host and of a process on it. */
export interface Machine {
  readonly cores: number;
  readonly memoryBytes: number;
  /** Open files that a process may have at the most: its hard limit. */
  readonly openFilesMax: number;
  /** False: not even root may raise that here. `undefined`: only root could tell. */
  readonly mayRaiseOpenFiles: boolean | undefined;
  /** What the hard limit can be raised to (fs.nr_open). */
  readonly openFilesCeiling: number;
  /** Of all processes together (fs.file-max). */
  readonly allOpenFilesMax: number;
  readonly acceptQueueMax: number;
  readonly synQueueMax: number;
  readonly firstLocalPort: number;
  readonly lastLocalPort: number;
  readonly tcpMemoryBytesMax: number;
  /** `undefined`: connections aren't tracked. */
  readonly trackedConnectionsMax: number | undefined;
}

/** One line of `check`. */
export interface Finding {
  readonly what: string;
  readonly has: number;
  readonly needs: number;
  /** What to change; `undefined`: it is enough. */
  readonly change: string | undefined;
}
