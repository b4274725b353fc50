import { describe, expect, it } from '@jest/globals';
import {
  changedRights,
  followed,
  holderDraft,
  newHolder,
  rightsForm,
  rightsOf,
} from './holder-draft.js';

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

describe('a form of rights that change elsewhere', () => {
  it('follows them where nobody touched it, and changes nothing', () => {
    const form = rightsForm({ role: 'admin', groups: null });
    const after = followed(form, { role: 'viewer', groups: ['news'] });
    expect(after).toEqual(rightsForm({ role: 'viewer', groups: ['news'] }));
    expect(changedRights(after.draft, after.shown)).toEqual({});
  });

  it('keeps what was typed, and gives no role back that was taken away', () => {
    const { shown, draft } = rightsForm({ role: 'editor', groups: ['news'] });
    const typed = { shown, draft: { ...draft, groups: 'news, ' } };
    const after = followed(typed, { role: 'viewer', groups: ['sports'] });
    expect(after.draft).toEqual({ role: 'viewer', seesAll: false, groups: 'news, ' });
    expect(changedRights(after.draft, after.shown)).toEqual({ groups: ['news'] });
  });

  it('keeps the role that was chosen, and follows the groups', () => {
    const { shown, draft } = rightsForm({ role: 'viewer', groups: ['news'] });
    const chosen = { shown, draft: { ...draft, role: 'editor' as const } };
    const after = followed(chosen, { role: 'viewer', groups: [] });
    expect(changedRights(after.draft, after.shown)).toEqual({ role: 'editor' });
    expect(rightsOf(after.draft)).toEqual({ role: 'editor', groups: [] });
  });
});
