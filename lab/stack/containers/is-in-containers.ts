/**
 * True: what the stack starts runs in containers, since the environment has `STACK=containers`;
 * else as processes of this machine.
 */
export function isInContainers(): boolean {
  const kind = process.env['STACK'] ?? 'local';
  if (kind !== 'containers' && kind !== 'local') {
    throw new Error(`STACK is "${kind}": it is "local" or "containers"`);
  }
  return kind === 'containers';
}
