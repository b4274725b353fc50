/** By Node's codes, what is wrong with the certificate that a server shows. */
const certificateTroubles: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not good yet',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
  CERT_REVOKED: 'its certificate is revoked',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is signed by a foreign CA',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is signed by itself',
  UNABLE_TO_GET_ISSUER_CERT: 'its certificate is signed by a foreign CA',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is signed by a foreign CA',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is signed by a foreign CA',
  CERT_SIGNATURE_FAILURE: 'its certificate is signed by a foreign CA',
  CERT_UNTRUSTED: 'its certificate is signed by a foreign CA',
  INVALID_CA: 'its certificate is signed by a foreign CA',
  INVALID_PURPOSE: "its certificate is not a server's",
};

/** OpenSSL's names of what a server says that refuses our certificate, or that there is none. */
const refusesOurs =
  /alert[ _](bad|no|unsupported)[ _]certificate|alert[ _]certificate[ _]|alert[ _]unknown[ _]ca|alert[ _](handshake[ _]failure|access[ _]denied)/i;
/** And of an answer that isn't TLS. */
const isNoTls =
  /wrong[ _]version[ _]number|packet[ _]length[ _]too[ _]long|http[ _]request|unknown[ _]protocol/i;

/**
 * Why TLS with a server can't be, whatever is tried again, in words that follow its name and a
 * colon; undefined where the error is another one, such as a server that is away.
 */
export function tlsTrouble(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const code = 'code' in error ? String(error.code) : '';
  const trouble = certificateTroubles[code];
  if (trouble !== undefined) return `${trouble} (${error.message})`;
  const text = `${code} ${error.message}`;
  if (isNoTls.test(text)) return 'it speaks no TLS';
  return refusesOurs.test(text) ? 'it wants a certificate of ours, or another one' : undefined;
}
