import fc from 'fast-check';

/** Values that programs trip over. */
const NASTY: readonly unknown[] = [
  ...[null, true, 0, -0, -1, 1e308, 2 ** 53, 100_001, 0.1, '', ' ', '__proto__', 'constructor', 'toString', '\u0000'],
  ...['\ud800', 'x'.repeat(10_000), '9'.repeat(400), '2026-99-99T99:99:99Z', '1.2.3-é', '999.999.999.999/99', [], {}],
  ...[[[[[[[]]]]]], { variation: null }, { slices: [] }, { slices: [{ variation: 'on', parts: 1e9 }] }, [null, [null]]],
];

const nasty = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...NASTY) }, fc.jsonValue({ maxDepth: 4 }));

interface Mutation {
  readonly at: number;
  readonly act: 'replace' | 'delete' | 'copy' | 'nest';
  readonly value: unknown;
}

/** What was valid, with one to six things in it that are not. */
export function hostile<Value>(valid: readonly Value[]): fc.Arbitrary<unknown> {
  const mutation: fc.Arbitrary<Mutation> = fc.record({
    at: fc.nat(),
    act: fc.constantFrom('replace', 'replace', 'delete', 'copy', 'nest'),
    value: nasty,
  });
  return fc
    .tuple(fc.constantFrom(...valid), fc.array(mutation, { minLength: 1, maxLength: 6 }))
    .map(([base, mutations]) => mutations.reduce(mutate, structuredClone(base) as unknown));
}

/** JSON text that is nested so deep. */
export function nested(levels: number): string {
  return '['.repeat(levels) + ']'.repeat(levels);
}

function mutate(root: unknown, { at, act, value }: Mutation): unknown {
  const places = placesIn(root);
  const place = places[at % Math.max(1, places.length)];
  if (place === undefined) return value;
  const { holder, key } = place;
  if (act === 'delete') Array.isArray(holder) ? holder.splice(Number(key), 1) : delete holder[key];
  else if (act === 'copy') set(holder, key, structuredClone(places[(at * 7) % places.length]?.holder));
  else if (act === 'nest') set(holder, key, { [key]: [holder[key]] });
  else set(holder, key, structuredClone(value));
  return root;
}

interface Place {
  // biome-ignore lint/suspicious/noExplicitAny: anything that JSON can be
  readonly holder: any;
  readonly key: string;
}

function placesIn(value: unknown, found: Place[] = []): Place[] {
  if (typeof value !== 'object' || value === null || found.length > 2_000) return found;
  for (const key of Object.keys(value)) {
    found.push({ holder: value, key });
    placesIn((value as Record<string, unknown>)[key], found);
  }
  return found;
}

/** As `JSON.parse` does, which makes `__proto__` a property like any other. */
function set(holder: object, key: string, value: unknown): void {
  Object.defineProperty(holder, key, { value, writable: true, enumerable: true, configurable: true });
}
