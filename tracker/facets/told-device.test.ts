import { describe, expect, it } from '@jest/globals';
import { devices, players, systems, type Device, type System } from '../../schemas/index.js';
import { cpuMsOf } from '../../service/testing/cpu-ms.js';
import { userAgents } from '../testing/user-agents.js';
import { deviceOf, playerOf, systemOf } from './told-device.js';

const television = 'Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36 (KHTML, like Gecko)';
const android =
  'Mozilla/5.0 (Linux; Android 12; MODEL) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36';
const windows =
  'Mozilla/5.0 (Windows NT 10.0; Win64; MODEL) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36';

const byUserAgent = (userAgent: string | undefined): [Device, System] => [
  deviceOf(undefined, userAgent),
  systemOf(undefined, userAgent),
];

/** What no User-Agent of the common table has. */
const seldom: readonly (readonly [Device, System, string])[] = [
  ['desktop', 'other', 'Mozilla/5.0 (X11; FreeBSD amd64; rv:122.0) Gecko/20100101 Firefox/122.0'],
  ['tablet', 'other', 'Mozilla/5.0 (PlayBook; U; RIM Tablet OS 2.1.0; en-US) Safari/536.2+'],
  ['tablet', 'Android', 'Mozilla/5.0 (Android 13; Tablet; rv:122.0) Gecko/122.0 Firefox/122.0'],
  [
    'tablet',
    'Android',
    'Opera/9.80 (Android 4.2.2; Linux; Opera Tablet/ADR-1309251116) Presto/2.11',
  ],
  [
    'tablet',
    'Fire OS',
    'Mozilla/5.0 (X11; Linux x86_64) Silk/128.1.1 like Chrome/128.0.0.0 Safari/537.36',
  ],
  [
    'tablet',
    'Fire OS',
    'Mozilla/5.0 (Linux; Android 11) Silk/128.1.1 like Chrome/128.0.0.0 Safari/537.36',
  ],
  ['tv', 'Fire OS', 'Dalvik/2.1.0 (Linux; U; Android 9; AFTMM Build/PS7233)'],
  ['tv', 'Android', 'Dalvik/2.1.0 (Linux; U; Android 9; MIBOX4 Build/PI)'],
  ['tv', 'Android', 'Dalvik/2.1.0 (Linux; U; Android 6.0.1; MiTV4 Build/MHC19J)'],
  ['tv', 'Android', 'Dalvik/2.1.0 (Linux; U; Android 9; BRAVIA 4K UR2 Build/PTT1.181130.001)'],
  ['tv', 'Linux', 'Opera/9.80 (Linux armv7l) Presto/2.12.362 NETTV/4.0.2 Version/12.11'],
  ['tv', 'Linux', 'Mozilla/5.0 (Linux armv7l) AppleWebKit/537.36 Safari/537.36 OMI/4.8'],
  [
    'mobile',
    'Tizen',
    'Mozilla/5.0 (Linux; Tizen 2.3; SAMSUNG SM-Z130H) AppleWebKit/537.3 Mobile Safari/537.3',
  ],
  ['tv', 'tvOS', 'player/1.0 (com.example.player; build:1; tvOS 17.4.0) Alamofire/5.9.1'],
  ['mobile', 'iOS', 'player/1.0 (com.example.player; build:1; iOS 17.4.0) Alamofire/5.9.1'],
  ['mobile', 'iOS', 'AppleCoreMedia/1.0.0.10B400 (iPod; U; CPU OS 6_1_5 like Mac OS X; fr_fr)'],
  ['tablet', 'iOS', 'player/1.0 (iOS 17.4; iPad13,1)'],
  ['desktop', 'macOS', 'player/1.0 (com.example.player; build:1; macOS 14.4.0) Alamofire/5.9.1'],
  [
    'other',
    'other',
    'AppleCoreMedia/1.0.0.15C4092b (HomePod; U; CPU OS 11_2 like Mac OS X; de_de)',
  ],
  [
    'other',
    'Android',
    'Mozilla/5.0 (Linux; Android 10; Quest 3) OculusBrowser/36.6 Mobile VR Safari/537.36',
  ],
  [
    'other',
    'Android',
    'Mozilla/5.0 (Linux; Android 10; Pico 4) PicoBrowser/3.3 Mobile VR Safari/537.36',
  ],
  ['mobile', 'other', 'Opera/9.80 (J2ME/MIDP; Opera Mini/7.1.32052/29.3709; U; en) Presto/2.8.119'],
  ['mobile', 'other', 'Nokia2700c-2/2.0 (09.80) Profile/MIDP-2.1 Configuration/CLDC-1.1'],
  ['mobile', 'Windows', 'Mozilla/4.0 (compatible; MSIE 4.01; Windows CE; PPC)'],
  ['mobile', 'Windows', 'Mozilla/5.0 (Windows Mobile 10; Android 10.0; Microsoft; Lumia 950XL)'],
  ['console', 'Xbox', 'Xbox Live Client/2.0.17559.0'],
  ['tv', 'Linux', 'Mozilla/5.0 (SMART-TV; X11; Linux armv7l) AppleWebKit/537.42 Safari/537.42'],
  ['tv', 'Android', 'Mozilla/5.0 (Linux; Andr0id 12; K) AppleWebKit/537.36 Safari/537.36'],
  [
    'mobile',
    'other',
    'Opera/9.80 (BlackBerry; Opera Mini/7.0.31437/28.3030; U; en) Presto/2.8.119',
  ],
];

/** What is no text, or one without anything in it. */
const untold: readonly unknown[] = [
  undefined,
  null,
  '',
  '  \n',
  7,
  Number.NaN,
  true,
  {},
  { toString: 'tv' },
  [],
  ['tv'],
  ['iOS', 'hls.js'],
];
/** Texts that name nothing of any list. */
const lies: readonly string[] = [
  'a fridge',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '電視',
  '\0',
  '/1.5',
  '[object Object]',
  'tv'.repeat(5_000_000),
];

describe('the device and the system by User-Agent', () => {
  it.each(userAgents)('are found: %s, %s: %s', (_family, _name, userAgent, device, system) => {
    expect(byUserAgent(userAgent)).toEqual([device, system]);
  });

  it.each(seldom)('are found in %s, %s: %s', (device, system, userAgent) => {
    expect(byUserAgent(userAgent)).toEqual([device, system]);
  });

  it('are decided by no model’s name that sounds like another system', () => {
    for (const name of ['Windows 11', 'iPhone 15 Pro Max', 'iPad', 'AppleTV', 'Macintosh', 'X11']) {
      expect(byUserAgent(android.replace('MODEL', name))).toEqual(['mobile', 'Android']);
      expect(byUserAgent(windows.replace('MODEL', name))).toEqual(['desktop', 'Windows']);
    }
    for (const name of ['PlayStation 5', 'Tizen', 'Roku', 'Nintendo', 'webOS', 'CrOS', 'a (b']) {
      expect(byUserAgent(android.replace('MODEL', name))).toEqual(['mobile', 'Android']);
      expect(byUserAgent(windows.replace('MODEL', name))).toEqual(['desktop', 'Windows']);
    }
    expect(byUserAgent(android.replace('MODEL', 'Xbox'))).toEqual(['mobile', 'Android']);
  });

  it('are a tablet’s where Android’s browser leaves Mobile out, whoever is its carrier', () => {
    const userAgent = android.replace(' Mobile', '');
    expect(deviceOf(null, userAgent)).toBe('tablet');
    expect(deviceOf(null, userAgent.replace('MODEL', 'T-Mobile Tab'))).toBe('tablet');
  });

  it('are unknown without one, and other where nothing in it is known', () => {
    for (const none of [undefined, '', ' ']) {
      expect(byUserAgent(none)).toEqual(['unknown', 'unknown']);
    }
    for (const strange of ['Mozilla/5.0', 'x'.repeat(100_000), '()', '__proto__']) {
      expect(byUserAgent(strange)).toEqual(['other', 'other']);
    }
  });

  it('are looked for in the first 512 characters', () => {
    expect(systemOf(null, `${'x'.repeat(500)} Windows NT`)).toBe('Windows');
    expect(systemOf(null, `${'x'.repeat(512)} Windows NT`)).toBe('other');
  });

  it('are found in a time that no text can draw out', () => {
    const cpuMs = cpuMsOf(() => {
      for (const part of ['(', ')', 'Windows ', 'Android; KF ', 'iOS ', 'like ', 'tv', ' ', '-v']) {
        const text = part.repeat(100_000);
        for (let times = 0; times < 100; times += 1) {
          deviceOf(undefined, text);
          systemOf(text, undefined);
          playerOf(text);
        }
      }
    });
    expect(cpuMs).toBeLessThan(1_000);
  });
});

describe('the device and the system that are told', () => {
  it('are words of the lists, before what the User-Agent says', () => {
    for (const device of devices) expect(deviceOf(device, television)).toBe(device);
    for (const system of systems) expect(systemOf(system, television)).toBe(system);
  });

  it.each([
    ['TV', 'tv'],
    [' Desktop ', 'desktop'],
    ['Smart-TV', 'tv'],
    ['smartphone', 'mobile'],
  ])('are known however they are written: %j is a %s', (told, device) => {
    expect(deviceOf(told, undefined)).toBe(device);
  });

  it.each([
    ['MACOS', 'macOS'],
    ['Mac OS X 10.15', 'macOS'],
    ['Chrome OS', 'ChromeOS'],
    ['fireos', 'Fire OS'],
    ['Android 13', 'Android'],
    ['iPadOS/17.5', 'iOS'],
    ['webOS (6.0)', 'webOS'],
    ['PlayStation 5', 'PlayStation'],
  ])('are known however they are written: %j is %s', (told, system) => {
    expect(systemOf(told, undefined)).toBe(system);
  });

  it('are other where a text names nothing known', () => {
    for (const lie of lies) {
      expect([deviceOf(lie, television), systemOf(lie, television)]).toEqual(['other', 'other']);
    }
  });

  it('are those of the User-Agent where no text is told', () => {
    for (const no of untold) {
      expect([deviceOf(no, television), systemOf(no, television)]).toEqual(['tv', 'webOS']);
      expect([deviceOf(no, ''), systemOf(no, '')]).toEqual(['unknown', 'unknown']);
    }
  });
});

describe('the player that is told', () => {
  it('is a word of the list', () => {
    for (const player of players) {
      expect(playerOf(player)).toBe(player);
      expect(playerOf(`${player.toUpperCase()}/1.5.7-rc.1`)).toBe(player);
    }
  });

  it.each([
    ['hls.js/1.5.7', 'hls.js'],
    ['hls.js 1.5', 'hls.js'],
    ['hls.js@1.5.7', 'hls.js'],
    ['HLSJS', 'hls.js'],
    ['dashjs', 'dash.js'],
    ['dash.js v4.7.4', 'dash.js'],
    ['shaka-player/4.7', 'Shaka Player'],
    ['shaka', 'Shaka Player'],
    ['videojs', 'Video.js'],
    ['video.js-8.10', 'Video.js'],
    ['jwplayer', 'JW Player'],
    ['bitmovin', 'Bitmovin Player'],
    ['bitmovin-player 8', 'Bitmovin Player'],
    ['p2p-media-loader-hlsjs@2', 'p2p-media-loader'],
    ['ExoPlayerLib/2.18.7', 'ExoPlayer'],
    ['Native', 'native'],
  ])('is known however it is written: %j is %s', (told, player) => {
    expect(playerOf(told)).toBe(player);
  });

  it('is other where a text names nothing known', () => {
    for (const lie of lies) expect(playerOf(lie)).toBe('other');
  });

  it('is unknown where no text is told', () => {
    for (const no of untold) expect(playerOf(no)).toBe('unknown');
  });
});
