import { describe, expect, it } from '@jest/globals';
import { changedRights, holderDraft, newHolder, rightsOf } from './holder-draft.js';

const role = 'viewer';

describe('rights as a form has them', () => {
  it.each([[null], [[]], [['news']], [['news', 'sports']]])(
    'stay what they are where nobody types: groups %j',
    (groups) => {
      const draft = holderDraft({ role, groups });
      expect(rightsOf(draft)).toEqual({ role, groups });
      expect(changedRights(draft, draft)).toEqual({});
    },
  );

  it('are changed where they differ alone', () => {
    const shown = holderDraft({ role, groups: ['news'] });
    expect(changedRights({ ...shown, role: 'editor' }, shown)).toEqual({ role: 'editor' });
    expect(changedRights({ ...shown, groups: ' news,' }, shown)).toEqual({});
    expect(changedRights({ ...shown, groups: 'news, b' }, shown)).toEqual({
      groups: ['news', 'b'],
    });
  });

  it('tell all streams from none', () => {
    const all = holderDraft({ role, groups: null });
    expect(changedRights({ ...all, seesAll: false }, all)).toEqual({ groups: [] });
    const none = holderDraft({ role, groups: [] });
    expect(changedRights({ ...none, seesAll: true }, none)).toEqual({ groups: null });
  });

  it('of an admin are all streams', () => {
    const none = holderDraft({ role, groups: [] });
    const admin = { role: 'admin', groups: null };
    expect(changedRights({ ...none, role: 'admin' }, none)).toEqual(admin);
  });

  it('of who is new are to look at all streams', () => {
    expect(rightsOf(newHolder)).toEqual({ role, groups: null });
  });
});
