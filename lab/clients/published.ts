import { createRequire } from 'node:module';
import { join } from 'node:path';
import { packageRoot } from '../../service/package-root.js';

/** Where the published clients are installed, by a package.json of their own. */
export const clientsFolder = join(packageRoot(), 'lab', 'clients');

/** `require` of what is installed there. */
export const requirePublished = createRequire(join(clientsFolder, 'package.json'));
