import { isCode, isOfTests, type Rule } from './tree.js';

/** Those that tell how long something took, and the one that corrects the browser's clock. */
const clocks = /^portal-api\/web\/src\/(api\/call|data\/connection|time\/portal-clock)\.ts$/;

/** A browser's clock may be wrong: what the portal's page calls now is the portal's. */
export const pageHasThePortalsTime: Rule = ({ files }) =>
  files
    .filter((file) => isCode(file) && !isOfTests(file))
    .filter(({ path }) => path.startsWith('portal-api/web/src/') && !clocks.test(path))
    .filter(({ text }) => /Date\.now\b|new Date\(\)/.test(text))
    .map(({ path }) => `${path} asks the browser's clock: have portalClock.nowMs()`);
