import kafkajs from 'kafkajs';

/** What a consumer's handler throws to have kafkajs join the group again, as the same member. */
export function rebalancing(reason: string): Error {
  return new kafkajs.KafkaJSProtocolError(
    Object.assign(new Error(reason), {
      type: 'REBALANCE_IN_PROGRESS',
      code: 27,
      retriable: false,
    }),
  );
}
