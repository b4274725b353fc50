import { runProgram } from '../stack/index.js';
import { walkInstallation } from './walk.js';

/**
 * `npm run test:install`: follows docs/install.md on a bare Debian; progress on stderr, results on
 * stdout; exit code 1 when something is not as it has to be.
 */
process.exitCode = await runProgram('install', walkInstallation);
// The channel to the bootstrap would keep this process alive.
if (process.connected) process.disconnect();
