import { Type } from 'typebox';
import { commonSettings } from '../service/config.js';

/** The portal's settings. */
export const portalSettings = Type.Object({
  ...commonSettings,
  admin_port: Type.Integer({ minimum: 0, maximum: 65_535, default: 8081 }),
  portal_listen_host: Type.String({ minLength: 1, default: '127.0.0.1' }),
  portal_listen_port: Type.Integer({ minimum: 0, maximum: 65_535, default: 8080 }),
  /** As browsers see it, such as `https://portal.example.com`; needed behind a proxy that ends TLS. */
  portal_public_url: Type.String({ pattern: '^(https?://[^/\\s]+/?)?$', default: '' }),
  /** Proxies, by address or network, whose X-Forwarded-For is believed. */
  portal_trusted_proxies: Type.Array(Type.String({ minLength: 1 }), { default: [] }),
  /** Lets its holder read and change everything through the API, and opens the page. */
  portal_token: Type.String({ minLength: 16, maxLength: 512, pattern: '^[!-~]+$', secret: true }),
  portal_session_hours: Type.Integer({ minimum: 1, maximum: 720, default: 12 }),
  portal_requests_per_minute: Type.Integer({ minimum: 10, maximum: 1_000_000, default: 1_200 }),
  /** Base of graphite-web: `/render` is below it. */
  graphite_url: Type.String({ pattern: '^https?://[^\\s]+$', default: 'http://127.0.0.1:8000' }),
  graphite_prefix: Type.String({
    minLength: 1,
    maxLength: 100,
    pattern: '^[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*$',
    default: 'viblast',
  }),
  /** The first answer of a graphite-web that has just started takes seconds. */
  graphite_timeout_ms: Type.Integer({ minimum: 100, maximum: 120_000, default: 15_000 }),
});
