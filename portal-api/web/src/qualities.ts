/** Order and colours of qualities: from low to high, one ramp; what isn't a rendition is grey. */

const rampLength = 9;
const rampHeights = [240, 360, 480, 576, 720, 900, 1_080, 1_440, Infinity];
const greys: ReadonlyMap<string, string> = new Map([
  ['other', '--quality-other'],
  ['unknown', '--quality-unknown'],
]);

function heightOf(quality: string): number | undefined {
  const match = /(?:^|=)(\d{2,5})p/.exec(quality);
  return match === null ? undefined : Number(match[1]);
}

/**
 * Qualities from the lowest to the highest: by height, those with names of their own in the order
 * that the stream lists its renditions in, `other` and `unknown` last.
 */
export function orderedQualities(
  qualities: readonly string[],
  renditions: readonly string[],
): string[] {
  const rank = (quality: string): number => {
    if (quality === 'unknown') return 1e9;
    if (quality === 'other') return 1e8;
    return heightOf(quality) ?? 1e7 + renditions.indexOf(quality);
  };
  return qualities.toSorted((left, right) => {
    const difference = rank(left) - rank(right);
    return difference === 0 ? left.localeCompare(right, 'en', { numeric: true }) : difference;
  });
}

/**
 * The name of each quality's colour (a custom property of the style sheets). A height has the same
 * colour in every stream, unless its neighbours among the stream's renditions share it.
 */
export function qualityColours(
  qualities: readonly string[],
  renditions: readonly string[],
): ReadonlyMap<string, string> {
  const ordered = orderedQualities(qualities, renditions);
  const named = ordered.filter((quality) => !greys.has(quality));
  const colours = new Map<string, string>();
  let lowest = 0;
  for (const [index, quality] of named.entries()) {
    const height = heightOf(quality);
    const wanted =
      height === undefined
        ? Math.round(((index + 0.5) / named.length) * (rampLength - 1))
        : rampHeights.findIndex((heightMax) => height <= heightMax);
    const step = Math.min(rampLength - 1, Math.max(wanted, lowest));
    lowest = step + 1;
    colours.set(quality, `--quality-${step}`);
  }
  for (const quality of ordered) {
    const grey = greys.get(quality);
    if (grey !== undefined) colours.set(quality, grey);
  }
  return colours;
}
