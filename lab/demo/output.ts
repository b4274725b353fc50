export interface DemoOutput {
  /** What is being done, a line each. */
  say(line: string): void;
  /** What there is to see. */
  show(text: string): void;
}
