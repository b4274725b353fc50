import { describe, expect, it } from '@jest/globals';
import type { StreamAnswer } from '../api/shapes.js';
import {
  changedFields,
  changeOf,
  draftOf,
  fieldOfProblem,
  mergedDraft,
  type Draft,
} from './settings-draft.js';

const stream: StreamAnswer = {
  key: 'arena',
  title: 'Arena',
  origins: ['https://a.example'],
  tokenKeys: [{ kid: 'one' }],
  renditions: ['sd', 'hd=720p'],
  countPlainSockets: false,
  isArchived: false,
  options: {
    groups: ['sports'],
    tags: ['live'],
    policy: { cellular: false, holdbackPercent: 10, later: 'word' },
    labels: { plan: ['free', 'paid'] },
    webTorrent: { infoHashes: { ['ab'.repeat(20)]: '720p' } },
    unknownOption: { kept: true },
  },
  revision: 3,
  createdAtMs: 1,
  changedAtMs: 0,
  changedBy: 'user:ann',
};
const draft = draftOf(stream);

describe('the draft of settings', () => {
  it('changes nothing where nothing was changed', () => {
    expect(changeOf(draft, stream)).toEqual({});
  });

  it('changes the fields that differ alone', () => {
    const changed = { ...draft, title: ' Arena 2 ', renditions: 'sd\n\nhd=720p\nuhd' };
    expect(changeOf(changed, stream)).toEqual({
      title: 'Arena 2',
      renditions: ['sd', 'hd=720p', 'uhd'],
    });
  });

  it('keeps the options that it does not know', () => {
    const changed = { ...draft, peersMax: '7', cellular: true, holdbackPercent: '', tags: '' };
    expect(changeOf(changed, stream)).toEqual({
      options: {
        ...stream.options,
        tags: undefined,
        policy: { peersMax: 7, later: 'word' },
      },
    });
  });

  it('keeps the figures of a holdback that begins, beside the facets that are kept', () => {
    const begun = (typed: Partial<Draft>) => changeOf({ ...draft, ...typed }, stream)['options'];
    expect(begun({ holdbackPercent: '5' })).toMatchObject({ graphiteFacets: ['holdback'] });
    for (const graphiteFacets of ['device', 'device, holdback']) {
      const facets = ['device', 'holdback'];
      expect(begun({ holdbackPercent: '5', graphiteFacets })).toMatchObject({
        graphiteFacets: facets,
      });
    }
    expect(begun({ holdbackPercent: '0' })).not.toHaveProperty('graphiteFacets');
    expect(begun({ graphiteFacets: 'device' })).toMatchObject({ graphiteFacets: ['device'] });
  });

  it.each([
    [
      'labels',
      'plan: free, paid, team\nseason: 1',
      { plan: ['free', 'paid', 'team'], season: ['1'] },
    ],
    ['groups', 'sports, news', ['sports', 'news']],
  ] as const)('reads %s as they are typed', (field, typed, value) => {
    const change = changeOf({ ...draft, [field]: typed }, stream);
    expect(change['options']).toMatchObject({ [field]: value });
  });

  it('keeps label values with a comma where another label is added', () => {
    const cities = ['Paris, TX', 'Rome'];
    const withCities = { ...stream, options: { labels: { city: cities } } };
    const { labels } = draftOf(withCities);
    const added = { ...draftOf(withCities), labels: `${String(labels)}\nseason: 1` };
    expect(changeOf(added, withCities)).toEqual({
      options: { labels: { city: cities, season: ['1'] } },
    });
  });

  it('sends a number that is none as what it is, for the API to refuse', () => {
    const { options } = changeOf({ ...draft, peersMax: 'many' }, stream);
    expect(options).toMatchObject({ policy: { peersMax: NaN } });
  });
});

describe('two editors', () => {
  it('keep what each changed alone', () => {
    const ours = { ...draft, title: 'Ours' };
    const theirs = { ...draft, peersMax: '5' };
    expect(mergedDraft(draft, ours, theirs)).toEqual({
      draft: { ...draft, title: 'Ours', peersMax: '5' },
      conflicts: [],
    });
  });

  it('are told of what both changed, with ours in the form', () => {
    const ours = { ...draft, title: 'Ours', tags: 'same' };
    const theirs = { ...draft, title: 'Theirs', tags: 'same' };
    const { draft: merged, conflicts } = mergedDraft(draft, ours, theirs);
    expect([merged.title, conflicts]).toEqual(['Ours', ['title']]);
  });
});

describe('a refusal', () => {
  it.each([
    ['origins[2]', 'origins'],
    ['options.policy.peersMax', 'peersMax'],
    ['options.labels.plan', 'labels'],
    ['title', 'title'],
  ])('of %s is shown at %s', (at, field) => {
    expect(fieldOfProblem(at)).toBe(field);
  });

  it('of something else is shown at none', () => {
    expect([fieldOfProblem('key'), fieldOfProblem(undefined)]).toEqual([undefined, undefined]);
  });
});

it('names the fields that differ', () => {
  expect(changedFields(draft, { ...draft, give: false })).toEqual(['give']);
});
