import type { Device, System } from '../../schemas/index.js';

/** What a session runs on. */
export interface Platform {
  readonly device: Device;
  readonly system: System;
}

/** Without a device where other words have to tell. */
type Sign = readonly [pattern: RegExp, system: System, device?: Device];

/**
 * The names of platforms. One that stands behind another decides nothing: Android's comes before
 * the model, which may be called anything, and Windows Phone's before those it claims to be. Of
 * two at the same place the first in this list is right.
 */
const signs: readonly Sign[] = [
  [/\bWindows(?=[^()]*\bXbox)|\bXbox/i, 'Xbox', 'console'],
  [/\bWindows (?:Phone|Mobile|CE)\b/i, 'Windows', 'mobile'],
  [/\bWindows\b/i, 'Windows', 'desktop'],
  [/\bPlayStation\b/i, 'PlayStation', 'console'],
  [/\bNintendo\b/i, 'other', 'console'],
  [/\bRoku/i, 'Roku', 'tv'],
  [/\bTizen\b/i, 'Tizen'],
  // TVs of LG write a zero.
  [/\bWeb[0O]S/i, 'webOS', 'tv'],
  [/\bCrOS\b|\bAndroid(?=[^()]*\bChromebook\b)/, 'ChromeOS', 'desktop'],
  // Amazon's models: AFT… are Fire TVs, KF… Fire tablets, and both may hide behind Silk.
  [/\bAndr[o0]id(?=[^()]*; ?AFT[A-Z])/, 'Fire OS', 'tv'],
  [/\bAndroid(?=[^()]*; ?KF[A-Z]{3}|.*\bSilk\/)|\bSilk\//, 'Fire OS', 'tablet'],
  // Quest headsets call themselves a Linux when they ask for desktop pages.
  [/\bAndr[o0]id\b|\bOculusBrowser\//i, 'Android'],
  [/\bApple ?TV|\btvOS\b/i, 'tvOS', 'tv'],
  [/\biPad|\biOS\b(?=.*\biPad)/i, 'iOS', 'tablet'],
  [/(?<!\blike )\b(?:iPhone|iPod|iOS\b)/i, 'iOS', 'mobile'],
  [/\bMacintosh\b|\bmacOS\b|(?<!\blike )\bMac OS X\b/i, 'macOS', 'desktop'],
];

const linux = /\bLinux\b/i;
/** Linux and the other systems with its desktops. */
const unix = /\b(?:Linux|X11)\b/i;

/** `Andr0id` is written by TVs alone. An app whose name has a TV in it may be on a phone. */
const television =
  /\b(?:smart[-_ ]?tv|hbbtv|android ?tv|google ?tv|andr0id|bravia|chromecast|crkey|mitv|mibox|netcast|nettv|omi\/|vidaa)/i;
/** Headsets, signs in shops and refrigerators. */
const neither = /\b(?:OculusBrowser\/|PicoBrowser\/|BrightSign\/|Family Hub\b)/;
/** T-Mobile is a carrier, of tablets too. */
const mobile = /(?<!-)\bMobi|\bOpera Mini\b|\bMIDP\b|\blike iPhone\b/;
const tablet = /\bTablet\b/;

/** The platform by a User-Agent of bounded length. */
export function platformOf(userAgent: string): Platform {
  if (userAgent === '') return { device: 'unknown', system: 'unknown' };
  const sign = leftmostSign(userAgent);
  const system = sign?.[1] ?? (linux.test(userAgent) ? 'Linux' : 'other');
  return { device: sign?.[2] ?? deviceByWords(userAgent, system), system };
}

function leftmostSign(text: string): Sign | undefined {
  let leftmost: Sign | undefined;
  let leftmostAt = text.length;
  for (const sign of signs) {
    const at = text.search(sign[0]);
    if (at >= 0 && at < leftmostAt) {
      leftmost = sign;
      leftmostAt = at;
    }
  }
  return leftmost;
}

function deviceByWords(text: string, system: System): Device {
  if (television.test(text)) return 'tv';
  if (neither.test(text)) return 'other';
  if (mobile.test(text)) return 'mobile';
  if (tablet.test(text)) return 'tablet';
  if (system === 'Tizen') return 'tv';
  // Browsers of tablets leave `Mobile` out; apps write it nowhere, and most are on phones.
  if (system === 'Android') return text.startsWith('Mozilla/') ? 'tablet' : 'mobile';
  return unix.test(text) ? 'desktop' : 'other';
}
