/** The words of viblast.v1 for what went wrong; docs/protocol.md has a table of each. */

/** The name that a viewer asks for: the WebSocket's subprotocol. */
export const subprotocol = 'viblast.v1';

/** Every code that an `error` can have. */
export const errorCodes = [
  'bad_json',
  'bad_message',
  'bad_announce',
  'message_too_large',
  'too_many_messages',
  'hello_expected',
  'already_joined',
  'unknown_stream',
  'origin_refused',
  'token_refused',
  'token_expired',
  'unknown_peer',
  'no_offer',
  'duplicate_offer',
  'too_many_offers',
  'too_many_signals',
  'peer_busy',
  'too_many_announces',
  'overloaded',
  'kafka_unavailable',
  'internal',
] as const;
export type ErrorCode = (typeof errorCodes)[number];

/** Errors that pass by themselves: the same may be sent again later. */
export const retryableErrorCodes: ReadonlySet<ErrorCode> = new Set([
  'too_many_messages',
  'too_many_offers',
  'too_many_signals',
  'peer_busy',
  'too_many_announces',
  'overloaded',
  'kafka_unavailable',
]);

/** Every reason that `refused` can have: why an announce will never be counted. */
export const refusalReasons = ['too_old', 'ahead', 'implausible', 'late', 'archived'] as const;
export type RefusalReason = (typeof refusalReasons)[number];

/** Every code that a tracker closes a WebSocket with, whatever dialect is spoken on it. */
export const closeCodes = {
  left: 1000,
  stopping: 1001,
  unsupportedSubprotocol: 1002,
  notText: 1007,
  tooManyPieces: 1008,
  tooLarge: 1009,
  internal: 1011,
  badMessages: 4400,
  tokenRefused: 4401,
  originRefused: 4403,
  unknownStream: 4404,
  noHello: 4408,
  tokenExpired: 4410,
  tooManyMessages: 4429,
} as const;
export type CloseCode = (typeof closeCodes)[keyof typeof closeCodes];
