import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createSecureContext, type SecureContext } from 'node:tls';
import { messageOf } from '../../service/errors.js';

/** A certificate with its key, as connections use it. */
export interface Certificate {
  readonly context: SecureContext;
  readonly notBeforeMs: number;
  readonly expiresAtMs: number;
}

export type CertificateRead =
  | { readonly ok: true; readonly certificate: Certificate }
  /** Why nobody could use it; it has nothing of the key. */
  | { readonly ok: false; readonly problem: string };

/** Reads a certificate (PEM, those that signed it behind it) and its key (PEM). */
export function readCertificate(certificatePem: string, keyPem: string): CertificateRead {
  const problem = (text: string): CertificateRead => ({ ok: false, problem: text });
  let first: X509Certificate;
  try {
    first = new X509Certificate(certificatePem);
  } catch (error) {
    return problem(`the certificate cannot be read: ${messageOf(error)}`);
  }
  try {
    if (!first.checkPrivateKey(createPrivateKey(keyPem))) {
      return problem('the key is not the one of the certificate');
    }
  } catch {
    return problem('the key cannot be read');
  }
  try {
    const context = createSecureContext({ cert: certificatePem, key: keyPem });
    const [notBeforeMs, expiresAtMs] = [Date.parse(first.validFrom), Date.parse(first.validTo)];
    return { ok: true, certificate: { context, notBeforeMs, expiresAtMs } };
  } catch (error) {
    return problem(`certificate and key cannot be used: ${messageOf(error)}`);
  }
}

/** Why viewers would refuse it at this time; undefined where they would not. */
export function timeProblem(
  { notBeforeMs, expiresAtMs }: Certificate,
  nowMs: number,
): string | undefined {
  const dayOf = (timeMs: number): string => new Date(timeMs).toISOString();
  if (nowMs < notBeforeMs) return `the certificate is not good before ${dayOf(notBeforeMs)}`;
  if (nowMs >= expiresAtMs) return `the certificate has expired on ${dayOf(expiresAtMs)}`;
  return undefined;
}
