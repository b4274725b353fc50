import { randomBytes } from 'node:crypto';
import { askPortal, type AskedPortal } from './ask-portal.js';

const users = [
  { name: 'ann@example.com', role: 'admin' },
  { name: 'ben@example.com', role: 'editor', groups: ['news', 'sports'] },
  { name: 'wall-display', role: 'viewer' },
];
const tokens = [
  { name: 'nightly-export', role: 'viewer', days: 90 },
  { name: 'ci', role: 'editor', groups: ['sports'], days: 30 },
];

/** What the pictures' portal lets in. */
export async function createShownAccounts(portal: AskedPortal): Promise<void> {
  const password = randomBytes(16).toString('base64url');
  for (const user of users) await askPortal(portal, 'POST', '/users', { ...user, password });
  for (const token of tokens) await askPortal(portal, 'POST', '/tokens', token);
}
