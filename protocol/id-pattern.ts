/** 128 bits as base64url in canonical form: the last character holds two bits. */
export const idPattern = '^[A-Za-z0-9_-]{21}[AQgw]$';
