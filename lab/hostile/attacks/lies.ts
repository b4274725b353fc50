import { announceLimits, reportedFields, reportedNumber } from '../../../schemas/index.js';
import type { Attack, Attacker, Joined } from '../attack.js';

/** Every number of a report at its bound. */
const utmost = Object.fromEntries(
  reportedFields.map((field) => [field, reportedNumber(field).max]),
);

/** As many messages as a socket may send for long without being closed as a flood. */
export function messagePauseMs({ welcome }: Joined): number {
  return 1_000 / welcome.limits.messagesPerSecond;
}

/** A full message of reports, numbered downwards. */
export function reports(joined: Joined, from: number, told: object, aheadMs = 0): object {
  const time = Date.now() + aheadMs;
  const announces = Array.from({ length: joined.welcome.limits.announcesMax }, (_, index) => {
    return { number: from - index, time, state: 'playing', ...told };
  });
  return { type: 'announce', announces, peersWanted: 30 };
}

/** Sends full messages at the highest rate that isn't a flood. */
async function reportFast(attacker: Attacker, told: object, aheadMs = 0): Promise<void> {
  let from: number = announceLimits.numberMax;
  await attacker.repeatJoined(async (joined) => {
    await joined.viewer.send(reports(joined, from, told, aheadMs));
    from -= joined.welcome.limits.announcesMax;
    await attacker.wait(messagePauseMs(joined));
  });
}

/** All that a session can be believed to have done: at once, and then as time passes. */
async function claimAll(attacker: Attacker, from: number, session = attacker.newSession()) {
  let number = from;
  let beforeMs: number | undefined;
  await attacker.repeatJoined(
    async ({ viewer, welcome: { limits } }) => {
      const passedMs = beforeMs === undefined ? limits.budgetMs : Date.now() - beforeMs;
      beforeMs = Date.now();
      const told = possibleIn(passedMs, limits);
      await viewer.send({
        type: 'announce',
        announces: [{ number, time: Date.now(), state: 'playing', ...told }],
      });
      number -= 1;
    },
    claimPauseMs,
    () => session,
  );
}

const claimPauseMs = 2_000;

function possibleIn(durationMs: number, limits: Joined['welcome']['limits']): object {
  const { bytesMax, durationMsMax } = announceLimits;
  const bytes = Math.min(bytesMax, Math.floor(durationMs * limits.mbpsMax * 125));
  const perSecond = (most: number): number => Math.floor((durationMs / 1_000) * most);
  return {
    watchedMs: Math.min(durationMsMax, Math.floor((durationMs * limits.playedPercentMax) / 100)),
    cdnBytes: bytes,
    uploadedBytes: bytes,
    stalls: perSecond(limits.stallsPerSecondMax),
    droppedFrames: perSecond(limits.droppedFramesPerSecondMax),
    errors: perSecond(limits.errorsPerSecondMax),
  };
}

const nextSocketBelow = 1_000_000;

/** Reports that no player could make. */
export const lies: readonly Attack[] = [
  {
    name: 'utmost',
    what: 'every number at its bound, 64 a message, on two sockets of one session',
    namedBy: ['announces_refused_total{reason="implausible"}'],
    run: async (attacker) => {
      const session = attacker.newSession();
      const send = async (first: number): Promise<void> => {
        let from = first;
        await attacker.repeatJoined(
          async (joined) => {
            await joined.viewer.send(reports(joined, from, utmost));
            from -= joined.welcome.limits.announcesMax;
            await attacker.wait(messagePauseMs(joined));
          },
          0,
          () => session,
        );
      };
      const { numberMax } = announceLimits;
      await Promise.all([send(numberMax), send(numberMax - nextSocketBelow)]);
    },
  },
  {
    name: 'all-that-is-believed',
    what: 'all that its budget allows, at once and ever after, on four sockets, so that each tracker has one',
    namedBy: ['announces_acknowledged_total'],
    run: async (attacker) => {
      const session = attacker.newSession();
      const { numberMax } = announceLimits;
      await Promise.all(
        [0, 1, 2, 3].map((socket) =>
          claimAll(attacker, numberMax - socket * nextSocketBelow, session),
        ),
      );
    },
  },
  {
    name: 'many-numbers',
    what: 'reports of nothing, as many as may be',
    namedBy: ['announces_refused_total{reason="implausible"}'],
    run: (attacker) => reportFast(attacker, {}),
  },
  {
    name: 'too-old',
    what: 'reports of yesterday',
    namedBy: ['announces_refused_total{reason="too_old"}'],
    run: (attacker) => reportFast(attacker, {}, -86_400_000),
  },
  {
    name: 'ahead',
    what: 'reports of tomorrow',
    namedBy: ['announces_refused_total{reason="ahead"}'],
    run: (attacker) => reportFast(attacker, {}, 86_400_000),
  },
  {
    name: 'the-same-again',
    what: 'what was taken, and what was refused, sent again and again',
    namedBy: ['announces_put_off_total{code="too_many_announces"}'],
    run: async (attacker) => {
      const { numberMax } = announceLimits;
      await attacker.repeatJoined(async (joined) => {
        const message = reports(joined, numberMax, { cdnBytes: 1_000 });
        while (joined.viewer.isOpen) {
          await joined.viewer.send(message);
          await attacker.wait(messagePauseMs(joined));
        }
      });
    },
  },
  {
    name: 'new-sessions',
    what: 'joins with new sessions, each on a device of its own, that tell all that they may at once',
    namedBy: ['messages_total{type="hello"}'],
    run: async (attacker) => {
      const come = (): Promise<void> =>
        attacker.repeat(async () => {
          const session = attacker.newSession();
          const [device, system, player] = ['device', 'system', 'player'].map(
            (facet) => `${facet} of ${session}`,
          );
          const facets = { device, system, player, labels: { plan: session }, viewer: session };
          const joined = await attacker.join(session, facets);
          if (joined === undefined) {
            await attacker.wait(claimPauseMs);
            return;
          }
          const { viewer, welcome } = joined;
          const told = possibleIn(welcome.limits.budgetMs, welcome.limits);
          const number = announceLimits.numberMax;
          const announces = [{ number, time: Date.now(), state: 'playing', ...told }];
          await viewer.send({ type: 'announce', announces });
          await viewer.send({ type: 'leave' });
          await viewer.closed;
        });
      await Promise.all(Array.from({ length: joinsAtATime }, come));
    },
  },
];

const joinsAtATime = 8;
