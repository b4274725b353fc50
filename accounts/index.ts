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
export { AccountChange, accountChanges, accountChangesMax } from './account-history.js';
export {
  changeAccounts,
  readAccountHistory,
  readAccounts,
  type AccountsChange,
} from './accounts-file.js';
export { newApiToken, tokenDigest } from './api-token.js';
export { hashPassword, isPassword } from './password-hash.js';
export { accountSettings } from './settings.js';
