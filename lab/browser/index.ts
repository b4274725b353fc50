export { launchChromium } from './chromium.js';
export { Firefox } from './firefox.js';
