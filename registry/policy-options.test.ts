import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { policyOf, policyOptionsError, policyOptionsLimits } from './policy-options.js';
import { streamError } from './stream-rules.js';
import { streamNamed } from './testing/examples.js';

const usual = policyOf({});
const whole = (min: number, max: number) => fc.integer({ min, max });
const { peersMax, uploadKbpsMax, viewersMinMax, holdbackPercentMax } = policyOptionsLimits;
const arbitraryPolicy = fc.record(
  {
    peers: fc.boolean(),
    peersMax: whole(1, peersMax),
    uploadKbpsMax: whole(1, uploadKbpsMax),
    cellular: fc.boolean(),
    give: fc.boolean(),
    viewersMin: whole(1, viewersMinMax),
    holdbackPercent: whole(0, holdbackPercentMax),
  },
  { requiredKeys: [] },
);
const anything = fc.oneof(
  fc.jsonValue(),
  fc.dictionary(fc.constantFrom(...Object.keys(usual), '__proto__', 'other'), fc.jsonValue()),
);

describe('the policy of a stream', () => {
  it('lets everybody do everything where nothing is said', () => {
    expect(usual).toEqual({
      peers: true,
      cellular: true,
      give: true,
      viewersMin: 1,
      holdbackPercent: 0,
    });
    expect(policyOptionsError({})).toBeUndefined();
  });

  it('is read as it was given, and as usual in what it leaves out', () => {
    fc.assert(
      fc.property(arbitraryPolicy, (policy) => {
        const options = { policy };
        expect(policyOptionsError(options)).toBeUndefined();
        expect(policyOf(options)).toEqual({ ...usual, ...policy });
      }),
    );
  });

  it('is read whoever wrote it: what breaks a rule is as usual', () => {
    fc.assert(
      fc.property(anything, (policy) => {
        const read = policyOf({ policy });
        const told: unknown = JSON.parse(JSON.stringify(read));
        expect(policyOptionsError({ policy: told })).toBeUndefined();
        if (policyOptionsError({ policy }) === undefined)
          expect(read).toMatchObject(policy as object);
      }),
    );
  });

  it.each([
    ['a list', [], 'options.policy: not an object'],
    ['a word', 'off', 'options.policy: not an object'],
    ['null', null, 'options.policy: not an object'],
    ['an unknown field', { peersmax: 3 }, 'options.policy: has no field "peersmax"'],
    ['a prototype', JSON.parse('{"__proto__":{}}'), 'has no field "__proto__"'],
    ['a number for a flag', { peers: 1 }, 'options.policy.peers: true or false'],
    ['a text for a flag', { give: 'no' }, 'options.policy.give: true or false'],
    [
      'no peers as a number',
      { peersMax: 0 },
      'options.policy.peersMax: a whole number from 1 to 50',
    ],
    ['too many peers', { peersMax: 51 }, 'options.policy.peersMax: '],
    ['a fraction', { uploadKbpsMax: 0.5 }, 'options.policy.uploadKbpsMax: a whole number'],
    ['nobody', { viewersMin: 0 }, 'options.policy.viewersMin: '],
    ['more than half', { holdbackPercent: 51 }, 'options.policy.holdbackPercent: '],
    ['a share below none', { holdbackPercent: -1 }, 'options.policy.holdbackPercent: '],
  ])('is refused with the reason: %s', (_what, policy: unknown, reason) => {
    expect(policyOptionsError({ policy })).toContain(reason);
    expect(streamError(streamNamed('a', { options: { policy } }))).toContain(reason);
    expect(policyOf({ policy })).toEqual(usual);
  });
});
