import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** What a hash costs: 2^`log2N` · `r` · 128 bytes of memory, `p` times one after the other. */
interface Cost {
  readonly log2N: number;
  readonly r: number;
  readonly p: number;
}

/** 32 MiB for about a quarter of a second; one of OWASP's equally strong choices. */
const standardCost: Cost = { log2N: 15, r: 8, p: 3 };

/** Whoever writes the file can't have a sign-in take all of the machine: 128 MiB, eight times. */
const blocksMax = 2 ** 20;
const parallelMax = 8;

const saltBytes = 16;
const hashBytes = 32;

/** The password hashing competition's text form, in which scrypt's parameters stand. */
const shape =
  /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{22})\$([A-Za-z0-9+/]{43})$/;

interface ParsedHash {
  readonly cost: Cost;
  readonly salt: Buffer;
  readonly digest: Buffer;
}

/** True: the text is a hash that `isPassword` takes. */
export function isPasswordHash(text: string): boolean {
  return parsedHash(text) !== undefined;
}

/** The hash of a password, with a salt of its own; other cost than the standard's for tests. */
export async function hashPassword(password: string, cost = standardCost): Promise<string> {
  const salt = randomBytes(saltBytes);
  return textOf({ cost, salt, digest: await digestOf(password, salt, cost) });
}

/**
 * True: the hash is of this password. Takes as long for any password; and where there is no hash,
 * as long as for one of the standard's cost, so that nobody learns who is a user.
 */
export async function isPassword(password: string, hash: string | undefined): Promise<boolean> {
  const { cost, salt, digest } = parsedHash(hash ?? '') ?? nobodysHash;
  const isSame = timingSafeEqual(await digestOf(password, salt, cost), digest);
  return isSame && hash !== undefined;
}

const nobodysHash: ParsedHash = {
  cost: standardCost,
  salt: Buffer.alloc(saltBytes),
  digest: Buffer.alloc(hashBytes),
};

function parsedHash(text: string): ParsedHash | undefined {
  const [, ln, r, p, salt = '', digest = ''] = shape.exec(text) ?? [];
  const cost = { log2N: Number(ln), r: Number(r), p: Number(p) };
  const isAffordable =
    cost.log2N >= 1 &&
    cost.r >= 1 &&
    cost.p >= 1 &&
    2 ** cost.log2N * cost.r <= blocksMax &&
    cost.p <= parallelMax;
  if (!isAffordable) return undefined;
  return { cost, salt: Buffer.from(salt, 'base64'), digest: Buffer.from(digest, 'base64') };
}

function textOf({ cost: { log2N, r, p }, salt, digest }: ParsedHash): string {
  const base64 = (bytes: Buffer): string => bytes.toString('base64').replaceAll('=', '');
  return `$scrypt$ln=${log2N},r=${r},p=${p}$${base64(salt)}$${base64(digest)}`;
}

function digestOf(password: string, salt: Buffer, { log2N, r, p }: Cost): Promise<Buffer> {
  const options = { N: 2 ** log2N, r, p, maxmem: 256 * 2 ** log2N * r };
  return new Promise((resolve, reject) => {
    // The same password may come in two encodings from two keyboards (NIST SP 800-63B).
    scrypt(password.normalize('NFKC'), salt, hashBytes, options, (error, digest) => {
      if (error === null) resolve(digest);
      else reject(error);
    });
  });
}
