import fc from 'fast-check';

const side = fc.oneof(
  fc.constantFrom(144, 360, 480, 576, 720, 853, 900, 1_080, 1_280, 1_920, 2_160, 3_840),
  fc.integer({ min: 0, max: 9_999 }),
  fc.constantFrom(99_999, 100_000, '0720', ''),
);
const part = fc.oneof(
  side,
  fc.constantFrom('p', 'P', 'i', 'x', '×', '*', '@', ' ', '=', '.', '60', '59.94', 'fps'),
  fc.constantFrom('4k', '8K', 'uhd', 'UHD', '4\u212a', 'hd', 'HD', 'unknown', 'other', '=720p'),
);
const size = fc
  .tuple(side, fc.constantFrom('x', 'X', '×', ' x ', '*', ':'), side)
  .map((parts) => parts.join(''));
const rate = fc.constantFrom(
  '',
  'p',
  'P',
  'p60',
  'p@50',
  '@25',
  ' 60',
  ' 30 fps',
  'p 59.94FPS',
  '60',
);

const around = fc
  .tuple(
    fc.constantFrom('', '', 'Auto (', 'auto(', 'UHD ', '4K ', 'full hd ', 'HD'),
    fc.tuple(fc.oneof(side, size, fc.constantFrom('HD', 'low', 'FHD', '720.0')), rate),
    fc.constantFrom('', '', ' HDR', ' hdr10+', ' (HD)', '@5000k', ' 3.5 Mbps', ')', '.0', ' UHD'),
    fc.constantFrom('', ')', ' ', ' HD'),
  )
  .map((parts) => parts.flat().join(''));

/** Qualities as players tell them or streams list them, and what is nearly one. */
export const arbitraryQuality: fc.Arbitrary<string> = fc.oneof(
  around,
  fc.tuple(fc.oneof(side, size), rate).map((parts) => parts.join('')),
  fc.array(part, { maxLength: 5 }).map((parts) => parts.join('')),
  fc.constantFrom('hd', 'HD', 'hd=720p', 'Hd=1080p', ' low', '720p', '1080p', 'a=b'),
);
