import {
  devices,
  players,
  systems,
  type Device,
  type Player,
  type System,
} from '../../schemas/index.js';
import { platformOf } from './platform.js';
import { spellingsOf, textOf, toldWord } from './told-word.js';

const deviceSpellings = spellingsOf(devices, [
  ['phone', 'mobile'],
  ['smartphone', 'mobile'],
  ['smart tv', 'tv'],
]);

const systemSpellings = spellingsOf(systems, [
  ['Mac OS', 'macOS'],
  ['Mac OS X', 'macOS'],
  ['CrOS', 'ChromeOS'],
  ['iPadOS', 'iOS'],
  ['Android TV', 'Android'],
  ['Roku OS', 'Roku'],
]);

const playerSpellings = spellingsOf(players, [
  ['Shaka', 'Shaka Player'],
  ['Bitmovin', 'Bitmovin Player'],
  ['THEO', 'THEOplayer'],
  ['p2p-media-loader-core', 'p2p-media-loader'],
  ['p2p-media-loader-hlsjs', 'p2p-media-loader'],
  ['p2p-media-loader-shaka', 'p2p-media-loader'],
  ['ExoPlayerLib', 'ExoPlayer'],
  ['Media3', 'ExoPlayer'],
]);

/**
 * What kind of device it is: the one told in the first message, where a text is told at all, else
 * by the User-Agent. An iPad whose browser asks for desktop pages, as they do unless told
 * otherwise, writes what a Mac writes and counts as one: `desktop` here, `macOS` by `systemOf`.
 */
export function deviceOf(told: unknown, userAgent: string | undefined): Device {
  return toldWord(deviceSpellings, told) ?? platformOf(textOf(userAgent)).device;
}

/** The operating system, as `deviceOf` has the device. */
export function systemOf(told: unknown, userAgent: string | undefined): System {
  return toldWord(systemSpellings, told) ?? platformOf(textOf(userAgent)).system;
}

/** What plays: only who tells it is known, no User-Agent says. */
export function playerOf(told: unknown): Player {
  return toldWord(playerSpellings, told) ?? 'unknown';
}
