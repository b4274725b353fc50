import { mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { silentLogger } from '../../service/testing/silent-logger.js';
import {
  expiredCertificate,
  firstCertificate,
  futureCertificate,
  secondCertificate,
  type TestCertificate,
} from '../testing/certificates.js';
import { CertificateFiles } from './certificate-files.js';

const firstExpires = Date.UTC(2126, 0);
const secondExpires = Date.UTC(2125, 0);

describe('the files of a certificate', () => {
  let folder: string;
  let nowMs: number;
  let complaints: object[];
  const path = (name: string): string => join(folder, name);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'certificate-'));
    nowMs = Date.UTC(2026, 6);
    complaints = [];
    write(firstCertificate);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function write({ certificate, key }: TestCertificate): void {
    writeFileSync(path('cert.pem'), certificate);
    writeFileSync(path('key.pem'), key);
  }

  function open(): Promise<CertificateFiles> {
    return CertificateFiles.open({
      certificatePath: path('cert.pem'),
      keyPath: path('key.pem'),
      logger: { ...silentLogger, error: (fields) => complaints.push(fields) },
      now: () => nowMs,
    });
  }

  it('give what they have, and something new once they have changed', async () => {
    const files = await open();
    expect(files.current.expiresAtMs).toBe(firstExpires);
    await files.refresh();
    const before = files.current;
    write(secondCertificate);
    await files.refresh();
    expect(files.current.expiresAtMs).toBe(secondExpires);
    expect(files.current.context).not.toBe(before.context);
    expect([files.problem, complaints]).toEqual([undefined, []]);
  });

  it('may be links that are set to others, as certbot and Kubernetes do', async () => {
    for (const [name, { certificate, key }] of Object.entries({
      firstCertificate,
      secondCertificate,
    })) {
      writeFileSync(path(`${name}.cert`), certificate);
      writeFileSync(path(`${name}.key`), key);
    }
    const link = (name: string): void => {
      for (const [file, end] of [
        ['cert.pem', 'cert'],
        ['key.pem', 'key'],
      ] as const) {
        symlinkSync(path(`${name}.${end}`), path('new'));
        renameSync(path('new'), path(file));
      }
    };
    link('firstCertificate');
    const files = await open();
    link('secondCertificate');
    await files.refresh();
    expect(files.current.expiresAtMs).toBe(secondExpires);
  });

  const broken: [what: string, write: () => void, says: string][] = [
    ['no certificate', () => writeFileSync(path('cert.pem'), 'nonsense'), 'cannot be read'],
    [
      'half a certificate',
      () => writeFileSync(path('cert.pem'), firstCertificate.certificate.slice(0, 200)),
      'cannot be read',
    ],
    ['nothing at all', () => writeFileSync(path('key.pem'), ''), 'key cannot be read'],
    [
      "another one's key",
      () => writeFileSync(path('key.pem'), secondCertificate.key),
      'not the one',
    ],
    ['a missing file', () => rmSync(path('key.pem')), 'ENOENT'],
    ['one that has expired', () => write(expiredCertificate), 'expired on 2026-01-01'],
    ['one that is not good yet', () => write(futureCertificate), 'not good before 2125-01-01'],
  ];

  it.each(broken)(
    'keep what was there where they have %s, and say so once',
    async (_what, change, says) => {
      const files = await open();
      change();
      for (let count = 0; count < 3; count += 1) await files.refresh();
      expect(files.current.expiresAtMs).toBe(firstExpires);
      expect(files.problem).toContain(says);
      expect(complaints).toEqual([expect.objectContaining({ problem: files.problem })]);
      expect(JSON.stringify(complaints)).not.toContain('PRIVATE KEY');
      write(secondCertificate);
      await files.refresh();
      expect([files.current.expiresAtMs, files.problem]).toEqual([secondExpires, undefined]);
    },
  );

  it.each(broken.slice(0, 5))(
    'are not begun with where they have %s',
    async (_what, change, says) => {
      change();
      await expect(open()).rejects.toThrow(says);
    },
  );

  it('are begun with where the certificate has expired, and say so', async () => {
    write(expiredCertificate);
    const files = await open();
    expect(files.problem).toContain('expired');
    expect(complaints).toHaveLength(1);
  });

  it('say so when the certificate in use expires', async () => {
    const files = await open();
    nowMs = firstExpires;
    expect(files.problem).toContain('expired');
  });
});
