import { Type, type Static, type TObject } from 'typebox';
import { configurationError } from '../service/errors.js';

/** The settings of whoever reads metrics, the portal and the commands of `vba-admin`. */
export const graphiteWebSettings = {
  graphite_url: Type.String({
    pattern: '^https?://[^\\s@]+$',
    default: 'http://127.0.0.1:8000',
    description:
      'Base of graphite-web, which figures are read from, without user and password in it: ' +
      '`/render` is below it.',
  }),
  graphite_user: Type.String({
    pattern: '^[^:\\x00-\\x1f\\x7f]*$',
    maxLength: 256,
    default: '',
    description:
      'User for a proxy before graphite-web that asks for one (HTTP Basic); empty where none does.',
  }),
  graphite_password: Type.String({
    maxLength: 1_024,
    default: '',
    secret: true,
    description: 'Password of `graphite_user`.',
  }),
  graphite_prefix: Type.String({
    minLength: 1,
    maxLength: 100,
    pattern: '^[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*$',
    default: 'viblast',
    description: "First part of all names in Graphite; the same as the rollups'.",
  }),
};

/**
 * Where and as whom graphite-web is asked. Throws a StartError (configuration) where a password has
 * no user.
 */
export function graphiteWebOptions(settings: Static<TObject<typeof graphiteWebSettings>>): {
  readonly url: string;
  readonly authorization?: string;
} {
  const { graphite_url: url, graphite_user: user, graphite_password: password } = settings;
  if (user !== '') {
    const credentials = Buffer.from(`${user}:${password}`).toString('base64');
    return { url, authorization: `Basic ${credentials}` };
  }
  if (password === '') return { url };
  throw configurationError('setting "graphite_password" is given without "graphite_user"');
}
