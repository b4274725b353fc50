export {
  accountLimits,
  accountNameRule,
  isAccountName,
  noAccounts,
  RoleName,
  roles,
  type Accounts,
  type ApiToken,
  type Role,
  type User,
} from './accounts.js';
export { changeAccounts, readAccounts } from './accounts-file.js';
export { newApiToken, tokenDigest } from './api-token.js';
export { hashPassword, isPassword } from './password-hash.js';
export { accountSettings } from './settings.js';
