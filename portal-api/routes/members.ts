import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { Type, type Static } from 'typebox';
import type { SeenMember } from '../../registry/index.js';
import { Problem } from '../problems.js';
import { mustSeeAll } from './seen-stream.js';

const MemberAnswer = Type.Object(
  {
    name: Type.String(),
    role: Type.String(),
    state: Type.String(),
    address: Type.String({ description: 'host:port of its admin server' }),
    version: Type.String(),
    load: Type.Number({ description: '0 idle … 1 full' }),
    owned: Type.Array(Type.String(), {
      description: 'partitions, as topic/partition; of stage 2 as group/partition',
    }),
    settingsFingerprint: Type.String(),
    seenAtMs: Type.Integer(),
  },
  { title: 'Member' },
);

const MemberList = Type.Object({ members: Type.Array(MemberAnswer) });

function memberAnswer({ member, seenAtMs }: SeenMember): Static<typeof MemberAnswer> {
  const { name, role, state, address, version, load, owned, settingsFingerprint } = member;
  const settings = { settingsFingerprint, seenAtMs };
  return { name, role, state, address, version, load, owned: [...owned], ...settings };
}

/** The nodes that are live. */
export function memberRoutes(members: () => readonly SeenMember[]): FastifyPluginCallbackTypebox {
  return (app, _options, done) => {
    app.get(
      '/members',
      {
        config: { role: 'viewer' },
        schema: {
          tags: ['cluster'],
          summary: 'Live nodes, by name',
          response: { 200: MemberList, default: Problem },
        },
      },
      ({ actor }) => {
        mustSeeAll(actor, 'the system');
        return { members: members().map(memberAnswer) };
      },
    );
    done();
  };
}
