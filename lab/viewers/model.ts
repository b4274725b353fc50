import type { Hello } from '../../protocol/index.js';
import type { Player, Role } from '../../schemas/index.js';
import { browserShares, type BrowserProfile } from './browsers.js';
import type { SessionFacts } from './session-facts.js';
import { randomIndex, type Random } from '../../service/random.js';
import { exponential, logNormal, pickWeighted, type Weighted } from './random.js';
import type { StreamProfile } from './stream-profile.js';

/** What is drawn once for a viewer and stays so for the whole session. */
export interface ViewerProfile {
  readonly stream: StreamProfile;
  readonly browser: BrowserProfile;
  /** True: names its browser in `hello`. False: leaves it to the User-Agent. */
  readonly tellsBrowser: boolean;
  readonly app: AppProfile;
  readonly lifetimeMs: number;
  readonly startupMs: number;
  /** The bandwidth that decides which rendition plays. */
  readonly throughputKbps: number;
  /** How far behind the live edge it plays. */
  readonly liveLatencyMs: number;
  readonly ending: Ending;
}

/** What it watches in, and what it says of that in `hello`. */
export interface AppProfile {
  readonly facts: SessionFacts;
  readonly told: Pick<Hello, 'device' | 'system' | 'player' | 'role' | 'labels' | 'viewer'>;
}

/**
 * `leave` waits for its last acknowledgements and says so; `vanish` closes the page at once;
 * `reload` vanishes too, and the same viewer comes back at once as a new session.
 */
export type Ending = 'leave' | 'vanish' | 'reload';

export interface AudienceSettings {
  readonly streams: readonly StreamProfile[];
  /** The median of a session's length. */
  readonly sessionMedianMs: number;
  /**
   * Of those who come, so many are seeders, as many previews and as many rehearsals; none by
   * default.
   */
  readonly otherRolesShare?: number;
}

const endings = [
  { value: 'leave', weight: 70 },
  { value: 'vanish', weight: 15 },
  { value: 'reload', weight: 15 },
] as const;
/** Players as they name themselves, and what they are counted as. */
const players: readonly Weighted<{
  readonly told: string | undefined;
  readonly player: Player;
}>[] = [
  { value: { told: 'hls.js/1.5.7', player: 'hls.js' }, weight: 60 },
  { value: { told: 'shaka-player 4.7', player: 'Shaka Player' }, weight: 20 },
  { value: { told: 'Our own player', player: 'other' }, weight: 10 },
  { value: { told: undefined, player: 'unknown' }, weight: 10 },
];
/** Of these the demo's streams list two. */
const plans = [
  { value: 'free', weight: 60 },
  { value: 'paid', weight: 25 },
  { value: 'a plan that nobody lists', weight: 5 },
  { value: null, weight: 10 },
] as const;
const otherRoles = ['seeder', 'preview', 'rehearsal'] as const;
/** Some apps say what they run on, and are believed. */
const appShare = 0.2;
/** Most pages know who watches: one of so many, some of whom come again. */
const tellsViewerShare = 0.7;
const viewerIds = 2_000;
const startupMedianMs = 900;
const startupMsMax = 60_000;
const throughputMedianKbps = 6_000;
const tellsBrowserShare = 0.5;
const sessionShareMin = 0.1;
const seatEmptyMeanMs = 1_500;

function drawSession(
  random: Random,
  settings: AudienceSettings,
): Pick<ViewerProfile, 'lifetimeMs' | 'startupMs' | 'ending'> {
  return {
    lifetimeMs: Math.round(
      Math.max(
        settings.sessionMedianMs * sessionShareMin,
        logNormal(random, settings.sessionMedianMs, 0.7),
      ),
    ),
    startupMs: Math.round(Math.min(startupMsMax, logNormal(random, startupMedianMs, 0.6))),
    ending: pickWeighted(random, endings),
  };
}

function drawApp(
  random: Random,
  { device, system }: BrowserProfile,
  otherRolesShare: number,
): AppProfile {
  const { told: name, player } = pickWeighted(random, players);
  const plan = pickWeighted(random, plans);
  const role = drawRole(random, otherRolesShare);
  const viewer = drawViewerId(random);
  const told = {
    ...(role === 'viewer' ? {} : { role }),
    ...(name === undefined ? {} : { player: name }),
    ...(plan === null ? {} : { labels: { plan, more: [plan] } }),
    ...(viewer === null ? {} : { viewer }),
  };
  const facts = { device, system, player, role, plan, viewer };
  if (random() >= appShare) return { facts, told };
  return {
    facts: { ...facts, device: 'tv', system: 'Tizen' },
    told: { ...told, device: 'TV', system: 'Tizen 7.0' },
  };
}

/** Where all are viewers nothing is drawn. */
function drawRole(random: Random, otherRolesShare: number): Role {
  if (otherRolesShare === 0) return 'viewer';
  const drawn = Math.floor(random() / otherRolesShare);
  return otherRoles[drawn] ?? 'viewer';
}

function drawViewerId(random: Random): string | null {
  if (random() >= tellsViewerShare) return null;
  return `member ${randomIndex(random, viewerIds)}`;
}

/** A viewer who arrives: its stream by popularity, its browser by share. */
export function drawViewer(random: Random, settings: AudienceSettings): ViewerProfile {
  const browser = pickWeighted(random, browserShares);
  return {
    stream: pickWeighted(
      random,
      settings.streams.map((value) => ({ value, weight: value.weight })),
    ),
    browser,
    app: drawApp(random, browser, settings.otherRolesShare ?? 0),
    tellsBrowser: random() < tellsBrowserShare,
    throughputKbps: Math.round(logNormal(random, throughputMedianKbps, 0.8)),
    liveLatencyMs: Math.round(logNormal(random, 8_000, 0.4)),
    ...drawSession(random, settings),
  };
}

/** Who takes a seat after `previous`: the same viewer after a reload, else somebody else. */
export function drawNext(
  random: Random,
  settings: AudienceSettings,
  previous: ViewerProfile,
): { readonly profile: ViewerProfile; readonly emptyMs: number } {
  return previous.ending === 'reload'
    ? { profile: { ...previous, ...drawSession(random, settings) }, emptyMs: 0 }
    : { profile: drawViewer(random, settings), emptyMs: exponential(random, seatEmptyMeanMs) };
}

/**
 * Who sits in a seat when the audience is first seen: somebody in the middle of a session, so that
 * not all leave together.
 */
export function drawFirst(random: Random, settings: AudienceSettings): ViewerProfile {
  const profile = drawViewer(random, settings);
  return { ...profile, lifetimeMs: Math.round(profile.lifetimeMs * (0.2 + 0.8 * random())) };
}
