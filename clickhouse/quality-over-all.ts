const size = String.raw`([1-9]\\d{1,4})(?: ?(?:x|×|\\*) ?([1-9]\\d{1,4}))?`;
const rate = String.raw`(?: ?[pi] ?@? ?| ?@ ?| )\\d{1,3}(?:\\.\\d{1,3})?(?: ?fps)?`;

/**
 * A WITH clause that brings `quality_over_all(quality)`: what a stream's quality counts as over all
 * streams (docs/protocol.md#qualities). It checks what the rollup has from schemas/qualities.ts, so
 * it shares nothing with that.
 */
export const withQualityOverAll = `WITH
  [144, 240, 270, 288, 360, 396, 432, 480, 540, 576, 720, 900, 1080, 1440, 2160, 4320] AS usual_heights,
  text -> extractGroups(
    replaceRegexpOne(replaceRegexpOne(lower(text), '^ *(4k|uhd)', '2160p'), '^ *8k', '4320p'),
    '^ *${size}(?: ?[pi]|${rate})? *$'
  ) AS sides_of,
  sides -> multiIf(
    empty(sides), toInt64(0),
    sides[2] = '', transform(
      toInt64OrZero(sides[1]),
      [640, 852, 853, 854, 960, 1024, 1280, 1920, 2560, 3840, 7680],
      [360, 480, 480, 480, 540, 576, 720, 1080, 1440, 2160, 4320],
      toInt64OrZero(sides[1])
    ),
    greatest(
      least(toInt64OrZero(sides[1]), toInt64OrZero(sides[2])),
      intDiv(greatest(toInt64OrZero(sides[1]), toInt64OrZero(sides[2])) * 9 + 8, 16)
    )
  ) AS lines_of,
  lines -> if(
    lines BETWEEN 100 AND 5000,
    concat(toString(arraySort(height -> (abs(height - lines), height), usual_heights)[1]), 'p'),
    'other'
  ) AS nearest_to,
  text -> if(
    has(arrayMap(height -> concat(toString(height), 'p'), usual_heights), splitByChar('=', text)[-1]),
    splitByChar('=', text)[-1],
    nearest_to(lines_of(sides_of(text)))
  ) AS quality_over_all`;
