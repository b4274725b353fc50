import { randomIndex, type Random } from '../../service/random.js';
import type { Speech } from './speech.js';

const oddities: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  0.5,
  1e308,
  2 ** 53,
  '',
  'x',
  '\u0000',
  '\ud800',
  '__proto__',
  'x'.repeat(5_000),
  [],
  [null],
  [[[[[[[[]]]]]]]],
  {},
  { length: 1e9 },
  { toJSON: 1, constructor: null },
];

/** A good message in which some places, or none, are something else; now and then cut short. */
export function randomFrame(speech: Speech, stream: string, random: Random): string | Buffer {
  const pick = <Item>(items: readonly Item[]): Item | undefined =>
    items[randomIndex(random, items.length)];
  let message: unknown = pick(speech.examples(stream, random));
  // Good ones among them: only what is taken is relayed to others.
  const changes = randomIndex(random, 4);
  for (let change = 0; change < changes; change += 1) message = changed(message, random);
  const text = JSON.stringify(message);
  const chance = random();
  if (chance < 0.05) return text.slice(0, randomIndex(random, text.length));
  return chance < 0.1 ? Buffer.from(text) : text;
}

/** The value with something odd in one of its places. */
function changed(value: unknown, random: Random): unknown {
  const odd = oddities[randomIndex(random, oddities.length)];
  if (typeof value !== 'object' || value === null) return odd;
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value;
    const place = randomIndex(random, items.length + 1);
    return place === items.length
      ? [...items, odd]
      : items.map((item, index) => (index === place ? changed(item, random) : item));
  }
  const fields = Object.entries(value);
  const place = randomIndex(random, fields.length + 1);
  if (place === fields.length) return Object.fromEntries([...fields, [String(odd), odd]]);
  // A field may also be missing.
  const kept = random() < 0.2 ? fields.filter((_, index) => index !== place) : fields;
  return Object.fromEntries(
    kept.map(([name, part], index) => [name, index === place ? changed(part, random) : part]),
  );
}
