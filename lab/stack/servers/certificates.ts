import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { exitCode, StartError } from '../../../service/errors.js';
import { runCommand } from '../install/run-command.js';

const newKey = '-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes'.split(' ');
const daysGood = 30;

/** Files in PEM. */
export interface MadeCertificate {
  readonly certificate: string;
  readonly key: string;
}

/** An authority of a folder's own, made by openssl, that signs certificates for 127.0.0.1. */
export class LocalAuthority {
  private constructor(
    private readonly folder: string,
    private readonly made: MadeCertificate,
  ) {}

  static async make(folder: string, name: string): Promise<LocalAuthority> {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const made = filesOf(folder, name);
    const { certificate, key } = made;
    const subject = ['-days', String(daysGood), '-subj', `/CN=${name}`];
    await openssl(['req', '-x509', ...newKey, '-keyout', key, '-out', certificate, ...subject]);
    return new LocalAuthority(folder, made);
  }

  /** The file of those who trust it. */
  get caFile(): string {
    return this.made.certificate;
  }

  /** `days` below 0: it has expired already. */
  async sign(name: string, days = daysGood): Promise<MadeCertificate> {
    const made = filesOf(this.folder, name);
    const request = join(this.folder, `${name}.csr`);
    const address = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1'];
    await openssl(['req', '-new', ...newKey, '-keyout', made.key, '-out', request, ...address]);
    const { certificate, key } = this.made;
    const signer = ['-CA', certificate, '-CAkey', key, '-copy_extensions', 'copy'];
    const output = ['-days', String(days), '-out', made.certificate];
    await openssl(['x509', '-req', '-in', request, ...signer, ...output]);
    return made;
  }
}

function filesOf(folder: string, name: string): MadeCertificate {
  return { certificate: join(folder, `${name}.crt`), key: join(folder, `${name}.key`) };
}

async function openssl(args: readonly string[]): Promise<void> {
  const { code, output } = await runCommand('openssl', args);
  if (code === 0) return;
  throw new StartError('openssl_failed', `openssl ${args[0]}: ${output}`, exitCode.unavailable);
}
