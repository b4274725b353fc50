import { describe, expect, it } from '@jest/globals';
import { hashPassword, isPassword, isPasswordHash } from './password-hash.js';

/** As strong as a test needs it. */
const cheapCost = { log2N: 4, r: 1, p: 1 };
const cheap = (password: string): Promise<string> => hashPassword(password, cheapCost);

describe('a hash', () => {
  it('is of its password alone, in whichever encoding that comes', async () => {
    const hash = await cheap('Aréna zwölf');
    expect(await isPassword('Aréna zwölf', hash)).toBe(true);
    expect(await isPassword('Aréna zwölf'.normalize('NFD'), hash)).toBe(true);
    expect(await isPassword('Arena zwölf', hash)).toBe(false);
    expect(await isPassword('', hash)).toBe(false);
  });

  it('says what it cost, and is another one each time', async () => {
    const [one, other] = [await hashPassword('same'), await cheap('same')];
    expect(one).toMatch(/^\$scrypt\$ln=15,r=8,p=3\$[^$]{22}\$[^$]{43}$/);
    expect(other).toMatch(/^\$scrypt\$ln=4,r=1,p=1\$/);
    expect(await cheap('same')).not.toBe(other);
    expect(await isPassword('same', one)).toBe(true);
  });

  it('of nobody is of no password', async () => {
    expect(await isPassword('', undefined)).toBe(false);
    expect(await isPassword('anything', undefined)).toBe(false);
  });

  it('takes nobody more than a machine has', async () => {
    const hash = await cheap('same');
    expect(isPasswordHash(hash)).toBe(true);
    for (const cost of ['ln=18,r=8,p=1', 'ln=15,r=8,p=9', 'ln=0,r=8,p=1', 'ln=15,r=0,p=1']) {
      expect(isPasswordHash(hash.replace(/ln=.*?\$/, `${cost}$`))).toBe(false);
    }
    expect(isPasswordHash('')).toBe(false);
    expect(isPasswordHash(hash.replace('scrypt', 'bcrypt'))).toBe(false);
  });
});
