/**
 * Times in one zone. In the hour that comes twice, when clocks are set back, each time has its
 * offset from UTC with it.
 */
export class Zone {
  readonly #clock: Intl.DateTimeFormat;
  readonly #clockWithSeconds: Intl.DateTimeFormat;
  readonly #day: Intl.DateTimeFormat;
  readonly #date: Intl.DateTimeFormat;
  readonly #offset: Intl.DateTimeFormat;
  readonly #parts: Intl.DateTimeFormat;

  constructor(readonly name: string) {
    const clock = { timeZone: name, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
    this.#clock = new Intl.DateTimeFormat('en', clock);
    this.#clockWithSeconds = new Intl.DateTimeFormat('en', { ...clock, second: '2-digit' });
    const day = { timeZone: name, day: 'numeric', month: 'short' } as const;
    this.#day = new Intl.DateTimeFormat('en', day);
    this.#date = new Intl.DateTimeFormat('en', { ...day, year: 'numeric' });
    this.#offset = new Intl.DateTimeFormat('en', { timeZone: name, timeZoneName: 'longOffset' });
    this.#parts = new Intl.DateTimeFormat('en', {
      ...clock,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      second: '2-digit',
    });
  }

  /** The start of a step of time: 12:03, and its seconds where steps are shorter than a minute. */
  time(timeMs: number, stepMs: number): string {
    const format = stepMs % minuteMs === 0 ? this.#clock : this.#clockWithSeconds;
    const text = format.format(timeMs);
    return this.#comesTwice(timeMs) ? `${text} ${this.offset(timeMs)}` : text;
  }

  day(timeMs: number): string {
    return this.#day.format(timeMs);
  }

  /** With its year, of what may be long ago or far ahead. */
  date(timeMs: number): string {
    return this.#date.format(timeMs);
  }

  dayAndTime(timeMs: number, stepMs: number): string {
    return `${this.day(timeMs)}, ${this.time(timeMs, stepMs)}`;
  }

  /** UTC+02:00. */
  offset(timeMs: number): string {
    const minutes = this.#offsetMinutes(timeMs);
    if (minutes === 0) return 'UTC';
    const hour = String(Math.trunc(Math.abs(minutes) / 60)).padStart(2, '0');
    const rest = String(Math.abs(minutes) % 60).padStart(2, '0');
    return `UTC${minutes < 0 ? '−' : '+'}${hour}:${rest}`;
  }

  /** True: of a range of hours some times have their offset with them, as clocks are set back. */
  hasOffsets(fromMs: number, untilMs: number): boolean {
    const isSetBack = this.#offsetMinutes(fromMs) > this.#offsetMinutes(untilMs);
    return isSetBack || this.#comesTwice(fromMs) || this.#comesTwice(untilMs);
  }

  /** As an `<input type="datetime-local">` has it. */
  inputText(timeMs: number): string {
    const part = this.#partsOf(timeMs);
    return `${part('year')}-${part('month')}-${part('day')}T${part('hour')}:${part('minute')}`;
  }

  /**
   * What an input's text may mean: two times where an hour comes twice, the earlier first; nothing
   * where it is no time. An input has minutes alone: `shownMs` stands for the minute that it is in.
   */
  timesOfInput(text: string, shownMs: number): readonly number[] {
    const asUtcMs = inputShape.test(text) ? Date.parse(`${text}:00Z`) : Number.NaN;
    if (Number.isNaN(asUtcMs)) return [];
    const candidates = [-dayMs, dayMs].map(
      (away) => asUtcMs - this.#offsetMinutes(asUtcMs + away) * minuteMs,
    );
    const times = candidates.filter((timeMs) => this.inputText(timeMs) === text);
    // Of an hour that never comes, when clocks are set forward, what it would be without that.
    if (times.length === 0) return [Math.max(...candidates)];
    const shownMinuteMs = Math.floor(shownMs / minuteMs) * minuteMs;
    return [...new Set(times)].map((timeMs) => (timeMs === shownMinuteMs ? shownMs : timeMs));
  }

  #comesTwice(timeMs: number): boolean {
    const before = this.#offsetMinutes(timeMs - aroundMs);
    const after = this.#offsetMinutes(timeMs + aroundMs);
    if (before <= after) return false;
    const backMs = (before - after) * minuteMs;
    const own = this.#offsetMinutes(timeMs);
    return own === before
      ? this.#offsetMinutes(timeMs + backMs) === after
      : this.#offsetMinutes(timeMs - backMs) === before;
  }

  #offsetMinutes(timeMs: number): number {
    const parts = this.#offset.formatToParts(timeMs);
    const text = parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
    const match = /GMT([+-])(\d{2}):(\d{2})/.exec(text);
    if (match === null) return 0;
    const minutes = Number(match[2]) * 60 + Number(match[3]);
    return match[1] === '-' ? -minutes : minutes;
  }

  #partsOf(timeMs: number): (type: Intl.DateTimeFormatPartTypes) => string {
    const parts = this.#parts.formatToParts(timeMs);
    return (type) => parts.find((part) => part.type === type)?.value ?? '';
  }
}

const inputShape = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/;
const minuteMs = 60_000;
const dayMs = 86_400_000;
/** Wider than any change of clocks, narrower than what lies between two. */
const aroundMs = 3 * 3_600_000;

/** The browser's own zone. */
export function localZoneName(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}
