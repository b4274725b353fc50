const linesMax = 20;

/**
 * The lines of a log that say why a service did not start: what isn't JSON is what it said on
 * stderr, one line as a rule. Where there is none, the log's last lines.
 */
export function whyItEnded(log: string): readonly string[] {
  const lines = log.split('\n').filter((line) => line.trim() !== '');
  const said = lines.filter((line) => !line.startsWith('{'));
  return said.length > 0 ? said.slice(0, linesMax) : lines.slice(-linesMax);
}
