import { userAgents } from '../../../tracker/testing/user-agents.js';
import { mutationsOf } from './source-mutation.js';

const counts = (told: string, quality: string): string =>
  `told as "${told}" is ${quality}, where the stream lists no renditions`;

/** The test of that row. */
function isFamilyOf(device: string): string {
  const row = userAgents.find(([, name]) => name === device);
  if (row === undefined) throw new Error(`no User-Agent of ${device}`);
  const [family, name, userAgent] = row;
  return `is ${family} for ${name}: ${userAgent}`;
}

/** What qualities and browsers count as. */
export const wordMutations = mutationsOf([
  {
    file: 'schemas/qualities.ts',
    testFile: 'schemas/qualities.test.ts',
    edits: [
      {
        name: 'a height that is not usual is other',
        replace: 'return `${nearest}p`;',
        by: 'return nearest === lines ? `${nearest}p` : undefined;',
        noticedBy: counts('800p', '720p'),
      },
      {
        name: 'of two heights as near the larger one counts',
        replace: 'Math.abs(height - lines) < Math.abs(best - lines)',
        by: 'Math.abs(height - lines) <= Math.abs(best - lines)',
        noticedBy: counts('810p', '720p'),
      },
      {
        name: 'upright video counts by its height',
        replace: 'uprightHeights.get(first) ?? first',
        by: 'first',
        noticedBy: counts('1920p', '1080p'),
      },
      {
        name: 'wide video counts by its height',
        replace: 'Math.max(shorter, Math.round((longer * 9) / 16))',
        by: 'shorter',
        noticedBy: counts('1920×800', '1080p'),
      },
      {
        name: 'a size counts by what stands first',
        replace: '[Math.min(first, second), Math.max(first, second)]',
        by: '[second, first]',
        noticedBy: counts('1080x1920', '1080p'),
      },
      {
        name: 'capitals make another quality',
        replace: '(?: ?fps)?)? *$/i;',
        by: '(?: ?fps)?)? *$/;',
        noticedBy: counts('720P', '720p'),
      },
      {
        name: 'a frame rate makes another quality',
        replace: '|(?: ?[pi] ?@? ?| ?@ ?| )\\d{1,3}(?:\\.\\d{1,3})?(?: ?fps)?)?',
        by: ')?',
        noticedBy: counts('1440p60', '1440p'),
      },
      {
        name: 'any number is a height',
        replace: ' || lines < linesMin || lines > linesMax',
        by: '',
        noticedBy: 'told as "5001p" is other',
      },
      {
        name: 'a name may be as long as it likes',
        replace: "if (text.length > announceLimits.qualityLengthMax) return 'other';",
        by: '',
        noticedBy: 'told as "Auto (Full HD 1920 x 1080 p@59.940 fps)" is other',
      },
      {
        name: 'what is near a listed height is it',
        replace: 'return lines === undefined ? undefined : exact.get(`${lines}p`);',
        by: 'return lines === undefined ? undefined : exact.get(usualQualityOf(text) ?? text);',
        noticedBy: 'is a listed height that is told another way, and not one that is merely near',
      },
      {
        name: 'over all streams renditions are other, whatever usual quality they name',
        replace: "usualQualities.has(given) ? given : (usualQualityOf(quality) ?? 'other')",
        by: "usualQualityOf(quality) ?? 'other'",
        noticedBy: 'is the usual name that a rendition gives',
      },
    ],
  },
  {
    file: 'tracker/sockets/browser-family.ts',
    testFile: 'tracker/sockets/browser-family.test.ts',
    edits: [
      {
        name: 'a device’s name decides the browser',
        replace: "text = text.replace(comment, ' ');",
        by: "text = text.replaceAll(/[()]/g, ' ');",
        noticedBy: 'is decided by no device’s name, whatever it is',
      },
      {
        name: 'Edge is Chrome',
        replace: "if (has('edg', 'edga', 'edge')) return 'Edge';",
        by: '',
        noticedBy: isFamilyOf('Edge 12 (EdgeHTML)'),
      },
      {
        name: 'a TV that says no more than its engine is a Safari',
        replace: "if (blinkWebKit.test(webKit)) return 'Chrome';",
        by: '',
        noticedBy: isFamilyOf('Tizen 5.0, which says no more than its WebKit'),
      },
      {
        name: 'brands say nothing',
        replace: 'return told ?? browserFamily(userAgent);',
        by: 'return browserFamily(userAgent);',
        noticedBy: 'goes before the User-Agent, where it is known',
      },
    ],
  },
  {
    file: 'tracker/sockets/browser-brands.ts',
    testFile: 'tracker/sockets/browser-family.test.ts',
    edits: [
      {
        name: 'of an Edge’s brands its engine’s counts',
        replace: "told.includes('Edge') ? 'Edge' : ",
        by: '',
        noticedBy: 'is Edge for "Chromium";v="124", "Microsoft Edge";v="124", "Not-A.Brand";v="99"',
      },
    ],
  },
  {
    file: 'tracker/viblast/told-browser.ts',
    testFile: 'tracker/viblast/told-browser.test.ts',
    edits: [
      {
        name: 'a browser that nobody knows hides its brands',
        replace: 'return named ?? (Array.isArray(brands)',
        by: 'return named ?? (browser === undefined && Array.isArray(brands)',
        noticedBy: 'is that of its brands where it names no family that is known',
      },
    ],
  },
]);
