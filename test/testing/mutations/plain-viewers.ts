import { mutationsOf } from './source-mutation.js';

const strangers = 'are who they are whoever announced their peer_ids before, as a seeder or not';

/** Who a player is that says nothing of itself, and how long it may stay. */
export const plainViewerMutations = mutationsOf([
  {
    file: 'schemas/session-id.ts',
    testFile: 'schemas/measures.test.ts',
    edits: [
      {
        name: 'anybody may come with a derived session',
        replace: ' || text.startsWith(derivedPrefix)',
        by: '',
        noticedBy: 'are none of those that trackers derive, which others could know',
      },
    ],
  },
  {
    file: 'tracker/webtorrent/counted-viewers.ts',
    testFile: 'tracker/webtorrent/counted-viewers.test.ts',
    edits: [
      {
        name: 'a peer_id is the same viewer from any address',
        replace: '`${stream} ${role} ${address} ${peerId}`',
        by: '`${stream} ${role} ${peerId}`',
        noticedBy: strangers,
      },
    ],
  },
  {
    file: 'tracker/webtorrent/socket-admissions.ts',
    testFile: 'tracker/webtorrent/torrent-admission.test.ts',
    edits: [
      {
        name: 'a change of the stream asks for a token that is still good',
        replace: 'known?.sinceMs ?? this.parts.now()',
        by: 'this.parts.now()',
        noticedBy:
          'stays where its token’s time is over when the stream changes, but not when its key goes',
      },
    ],
  },
  {
    file: 'tracker/webtorrent/read-message.ts',
    testFile: 'tracker/webtorrent/torrent-input.test.ts',
    edits: [
      {
        name: 'all offers are looked at until enough can be read',
        replace: 'told.slice(0, offersReadMax)',
        by: 'told',
        noticedBy:
          'has no more than a bound of its offers looked at, and is told of all that are left out',
      },
    ],
  },
]);
