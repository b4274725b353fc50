import { describe, expect, it } from '@jest/globals';
import { isCellular, toldPolicyOf } from './session-policy.js';
import { policyFor } from './testing/policy-for.js';

/** Of the stream `arena`: it is held back from 4 % on, see `isHeldBack`. */
const heldBack = { stream: 'arena-main' };

describe('how a policy holds for a session', () => {
  it('is that it may do everything where nothing is said', () => {
    expect(policyFor(undefined)).toMatchObject({
      isHeldBack: false,
      mayMeet: true,
      gives: true,
      group: undefined,
    });
  });

  it('is that nobody meets anybody where there are no peers', () => {
    expect(policyFor({ peers: false })).toMatchObject({ mayMeet: false, isHeldBack: false });
    expect(policyFor({ peers: false }, { isSeeder: true })).toMatchObject({ mayMeet: false });
  });

  it('is that who is held back meets nobody, and tells so; a seeder never is', () => {
    const policy = { holdbackPercent: 4 };
    expect(policyFor(policy, heldBack)).toMatchObject({
      isHeldBack: true,
      mayMeet: false,
      group: { name: 'held_back', part: expect.stringMatching(/^held_back-\d\d$/) },
    });
    const seeder = policyFor(policy, { ...heldBack, isSeeder: true });
    expect(seeder).toMatchObject({
      isHeldBack: false,
      mayMeet: true,
      group: { name: 'with_peers' },
    });
    expect(policyFor({ holdbackPercent: 3 }, heldBack)).toMatchObject({
      group: { name: 'with_peers' },
    });
  });

  it('is that who is on a cellular network meets nobody where the stream says so', () => {
    const cellular = { isCellular: true };
    expect(policyFor({ cellular: false }, cellular)).toMatchObject({ mayMeet: false });
    expect(policyFor({ cellular: false })).toMatchObject({ mayMeet: true });
    expect(policyFor({}, cellular)).toMatchObject({ mayMeet: true });
  });

  it('is that seeders alone give where viewers only take', () => {
    expect(policyFor({ give: false })).toMatchObject({ gives: false, mayMeet: true });
    expect(policyFor({ give: false }, { isSeeder: true })).toMatchObject({ gives: true });
  });

  it('is told as far as it is for the viewer to know', () => {
    const policy = { peersMax: 3, uploadKbpsMax: 500, viewersMin: 20, holdbackPercent: 4 };
    const usual = { peers: true, cellular: true, give: true };
    expect(toldPolicyOf(policyFor(policy, heldBack))).toEqual({
      policy: { ...usual, peersMax: 3, uploadKbpsMax: 500, viewersMin: 20 },
      isHeldBack: true,
    });
    const nothingSaid = { policy: { ...usual, viewersMin: 1 }, isHeldBack: false };
    expect(toldPolicyOf(policyFor({}))).toStrictEqual(nothingSaid);
  });
});

describe('what a device is connected by', () => {
  it.each([
    ['cellular', true],
    [' Cellular ', true],
    ['wifi', false],
    ['', false],
    [undefined, false],
    [7, false],
    [['cellular'], false],
  ])('is read: %j', (told, expected) => {
    expect(isCellular(told)).toBe(expected);
  });
});
