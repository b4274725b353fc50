import { Type } from 'typebox';

/** The setting of whoever reads or writes the users' file. */
export const accountSettings = {
  portal_users_file: Type.String({
    default: '',
    description:
      "File of the portal's users and API tokens, which `vba-admin user` and `vba-admin token` write; " +
      'read again when it changes. Empty: `portal_token` alone lets in.',
  }),
};
