import { isOfTests, roomOf, type Rule } from './tree.js';

const start = 'lab/bootstrap.mjs';

/**
 * Every program of lab/ is started: by an npm script, through lab/bootstrap.mjs, or by another
 * file, as a path in parts (`'lab', 'viewers', 'main.js'`). Benchmarks are found by their folder's
 * name.
 */
export const everyLabProgramIsStarted: Rule = ({ files }) => {
  const starters = files.filter(({ path }) => /^lab\/bootstrap.*\.mjs$|\.tsx?$/.test(path));
  const scripts = files.find(({ path }) => path === 'package.json')?.text ?? '';
  return files
    .filter((file) => /^lab\/.*main\.ts$/.test(file.path) && !isOfTests(file))
    .filter(({ path }) => {
      const parts = path.replace(/\.ts$/, '.js').split('/');
      if (roomOf(path) === 'lab/bench') return !scripts.includes(`bootstrap.mjs bench ${parts[2]}`);
      const written = parts.map((part) => `'${part}'`).join(', ');
      return !starters.some((file) => file.path !== path && file.text.includes(written));
    })
    .map(({ path }) => `${path} is started by nothing: give it an npm script in ${start}`);
};
