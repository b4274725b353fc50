/** Where a benchmark says what it does and found, and how it is told to stop. */
export interface Reporting {
  /** Progress, for whoever waits. */
  readonly say: (line: string) => void;
  /** Results. */
  readonly print: (line: string) => void;
  readonly stopping: AbortController;
}
