import { Type } from 'typebox';
import { accountSettings } from '../accounts/index.js';
import { graphiteWebSettings } from '../graphite/index.js';
import { kafkaSettings } from '../kafka/index.js';
import { sealingSettings } from '../registry/index.js';
import { adminPort, commonSettings } from '../service/config.js';

/** The portal's settings. */
export const portalSettings = Type.Object({
  ...commonSettings,
  ...kafkaSettings,
  ...sealingSettings,
  ...accountSettings,
  admin_port: adminPort(8081),
  portal_listen_host: Type.String({
    minLength: 1,
    default: '127.0.0.1',
    description:
      'Address that the page and the API listen on; open it where browsers or the proxy come ' +
      'from other hosts.',
  }),
  portal_listen_port: Type.Integer({
    minimum: 0,
    maximum: 65_535,
    default: 8080,
    description: 'Port of the page and the API; change it where it is taken, 0 takes any free one.',
  }),
  portal_public_url: Type.String({
    pattern: '^(https?://[^/\\s]+/?)?$',
    default: '',
    description:
      'The portal as browsers see it, such as `https://portal.example.com`; needed behind a ' +
      'proxy that ends TLS, empty otherwise.',
  }),
  portal_trusted_proxies: Type.Array(Type.String({ minLength: 1 }), {
    default: [],
    description:
      'Addresses and networks (`10.0.0.0/8`) of the proxies whose X-Forwarded-For is believed; ' +
      'set it behind a proxy, or all users count as one address.',
  }),
  portal_token: Type.String({
    minLength: 16,
    maxLength: 512,
    pattern: '^[!-~]+$',
    secret: true,
    description:
      'Lets its holder read and change everything through the API, and opens the page; sessions ' +
      'are signed by it: the same on all portals, and a new one ends all sessions.',
  }),
  portal_session_hours: Type.Integer({
    minimum: 1,
    maximum: 720,
    default: 12,
    description:
      'Hours after which the page asks to sign in again; lower it where browsers are shared.',
  }),
  portal_requests_per_minute: Type.Integer({
    minimum: 10,
    maximum: 1_000_000,
    default: 1_200,
    description:
      'Requests a minute of one address, above which the answer is 429; raise it for programs ' +
      'that ask much.',
  }),
  portal_streams_max: Type.Integer({
    minimum: 1,
    maximum: 100_000,
    default: 100_000,
    description:
      'Most streams, archived ones too, above which none is created; the registry holds 100 000 ' +
      'keys at most, those of deleted streams too.',
  }),
  portal_group_streams_max: Type.Integer({
    minimum: 1,
    maximum: 100_000,
    default: 100_000,
    description:
      'Most streams of one group, archived ones too; lower it where groups are customers.',
  }),
  portal_tracker_url: Type.String({
    pattern: '^(wss?://[^/\\s?#"\'<>]+/?)?$',
    default: '',
    description:
      'The trackers as viewers reach them, such as `wss://tracker.example.com`, for the snippets ' +
      'that pages are given; empty: those have a name to be replaced.',
  }),
  ...graphiteWebSettings,
  graphite_timeout_ms: Type.Integer({
    minimum: 100,
    maximum: 120_000,
    default: 15_000,
    description:
      'Milliseconds to wait for an answer of Graphite; the first one of a graphite-web that has ' +
      'just started takes seconds.',
  }),
});
