let channel: BroadcastChannel | undefined;

/**
 * Hears `message` when somebody signs in or out in another tab of this browser, with which this one
 * shares its cookie. One for the whole page: a channel doesn't hear itself.
 */
export function sessionNews(): BroadcastChannel {
  channel ??= new BroadcastChannel('viblast-session');
  return channel;
}
