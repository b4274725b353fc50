import { readFile, stat } from 'node:fs/promises';
import { messageOf } from '../../service/errors.js';
import type { Logger } from '../../service/logs.js';
import { readCertificate, timeProblem, type Certificate } from './certificate.js';

export interface CertificateFilesOptions {
  readonly certificatePath: string;
  readonly keyPath: string;
  readonly logger: Logger;
  readonly now: () => number;
}

/** What the files had when they were read last. */
interface FilesRead {
  readonly certificate: Certificate | undefined;
  readonly problem: string | undefined;
  readonly version: string;
}

/**
 * The certificate in use, from two files that may change at any time. Connections that stand keep
 * what they began with; where the files have something that nobody could use, what was there
 * before stays.
 */
export class CertificateFiles {
  #current: Certificate;
  #problem: string | undefined;
  #version: string;
  #reading: Promise<void> | undefined;

  private constructor(
    private readonly options: CertificateFilesOptions,
    first: FilesRead & { readonly certificate: Certificate },
  ) {
    this.#current = first.certificate;
    this.#version = first.version;
    this.#problem = timeProblem(first.certificate, options.now());
    if (this.#problem !== undefined) this.#complain();
  }

  /**
   * Rejects, with words for the operator, where there is nothing to begin with. One that has
   * expired will do: its viewers are lost already, those of the other port aren't.
   */
  static async open(options: CertificateFilesOptions): Promise<CertificateFiles> {
    const first = await readFiles(options);
    const { certificate, problem } = first;
    if (certificate === undefined) throw new Error(problem);
    return new CertificateFiles(options, { ...first, certificate });
  }

  get current(): Certificate {
    return this.#current;
  }

  /** Why the files' certificate is not in use, or is of no use; undefined where all is well. */
  get problem(): string | undefined {
    return this.#problem ?? timeProblem(this.#current, this.options.now());
  }

  /** Takes what the files have now, where they have changed or were refused the last time. */
  refresh(): Promise<void> {
    this.#reading ??= this.#refresh().finally(() => (this.#reading = undefined));
    return this.#reading;
  }

  async #refresh(): Promise<void> {
    const { logger, now } = this.options;
    if (this.#problem === undefined && (await versionOf(this.options)) === this.#version) return;
    const { certificate, problem, version } = await readFiles(this.options);
    const wrong = certificate === undefined ? problem : timeProblem(certificate, now());
    const isNews = wrong !== this.#problem || version !== this.#version;
    this.#problem = wrong;
    this.#version = version;
    if (certificate !== undefined && wrong === undefined) {
      this.#current = certificate;
      if (isNews) logger.info({ expires: expiryOf(certificate) }, 'took a new certificate');
    } else if (isNews) this.#complain();
  }

  #complain(): void {
    const { certificatePath, keyPath, logger } = this.options;
    logger.error(
      { certificatePath, keyPath, problem: this.#problem, inUseUntil: expiryOf(this.#current) },
      'what the files of the certificate have cannot be used: the one before stays in use',
    );
  }
}

function expiryOf({ expiresAtMs }: Certificate): string {
  return new Date(expiresAtMs).toISOString();
}

async function readFiles(options: CertificateFilesOptions): Promise<FilesRead> {
  const { certificatePath, keyPath } = options;
  // Before the files: what is written meanwhile is read again the next time.
  const version = await versionOf(options);
  try {
    const [certificatePem, keyPem] = await Promise.all([
      readFile(certificatePath, 'utf8'),
      readFile(keyPath, 'utf8'),
    ]);
    const read = readCertificate(certificatePem, keyPem);
    return read.ok
      ? { certificate: read.certificate, problem: undefined, version }
      : { certificate: undefined, problem: read.problem, version };
  } catch (error) {
    return { certificate: undefined, problem: messageOf(error), version };
  }
}

/** Another one when a file was written, or replaced by another, through links too. */
async function versionOf(options: CertificateFilesOptions): Promise<string> {
  const paths = [options.certificatePath, options.keyPath];
  const versions = await Promise.all(
    paths.map((path) =>
      stat(path).then(
        ({ ino, size, mtimeMs }) => `${ino} ${size} ${mtimeMs}`,
        () => 'missing',
      ),
    ),
  );
  return versions.join(', ');
}
