/** The header by which one shows a token (RFC 6750 §2.1); none without one. */
export function bearer(token: string): Record<string, string> {
  return token === '' ? {} : { authorization: `Bearer ${token}` };
}
