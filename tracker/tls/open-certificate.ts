import { exitCode, messageOf, StartError } from '../../service/errors.js';
import type { ServiceContext } from '../../service/run-service.js';
import { CertificateFiles } from './certificate-files.js';

interface TlsSettings {
  readonly tracker_ssl_certificate: string;
  readonly tracker_ssl_key: string;
}

/** How often the files are looked at, by their times: two calls to the system. */
const lookEveryMs = 10_000;

/**
 * The certificate that the settings name, taken anew when its files change and at SIGHUP; undefined
 * where they name none. Rejects with a StartError where they are wrong.
 */
export async function openCertificate<Settings extends TlsSettings>(
  { settings, logger, onStop, onReload }: ServiceContext<Settings>,
  now: () => number,
): Promise<CertificateFiles | undefined> {
  const { tracker_ssl_certificate: certificatePath, tracker_ssl_key: keyPath } = settings;
  let files: CertificateFiles | undefined;
  onReload('certificate', () => files?.refresh());
  if (certificatePath === '' && keyPath === '') return undefined;
  try {
    if (certificatePath === '' || keyPath === '')
      throw new Error('one is of no use without the other');
    files = await CertificateFiles.open({ certificatePath, keyPath, logger, now });
  } catch (error) {
    const message = `settings "tracker_ssl_certificate" and "tracker_ssl_key": ${messageOf(error)}`;
    throw new StartError('configuration', message, exitCode.configuration, error);
  }
  const opened = files;
  const looking = setInterval(() => void opened.refresh(), lookEveryMs);
  onStop('certificate', () => clearInterval(looking));
  return files;
}
