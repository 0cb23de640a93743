/**
 * Incremental parsing: large JSON is read a piece at a time, so that a host with thousands of flags answers its own
 * requests in between. The result is that of `JSON.parse`; a worker would have to be started, and to copy all of it
 * back. Why: decision 0073.
 */
import { setImmediate } from 'node:timers/promises';

/** Shorter texts are parsed in one go: a millisecond or two. */
const LARGE_CHARACTERS = 256 * 1024;
const PIECE_CHARACTERS = 32 * 1024;
/** Time slice, after which the event loop gets its turn. */
const SLICE_MS = 8;

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPENS = new Set([0x7b, 0x5b]);
const CLOSES = new Set([0x7d, 0x5d]);

/** An object right below the top, by the texts of some of its members each; or a text around such objects. */
interface Part {
  readonly start: number;
  readonly end: number;
  /** Where its members are divided. */
  readonly commas: readonly number[];
}

export function isLarge(json: string): boolean {
  return json.length > LARGE_CHARACTERS;
}

/** Parses an object of objects. Rejects as `JSON.parse` throws. */
export async function parseInSlices(json: string): Promise<unknown> {
  const turn = createTurn();
  const members = new Map<string, unknown>();
  let rest = '';
  let from = 0;
  const parts = await partsOf(json, turn);
  if (parts.length === 0) return JSON.parse(json);
  for (const { start, end, commas } of parts) {
    const name = /"(?:[^"\\]|\\.)*"\s*:\s*$/.exec(json.slice(Math.max(from, start - 1_000), start))?.[0];
    if (name === undefined) return JSON.parse(json);
    const entries: [string, unknown][] = [];
    const edges = [start, ...commas, end];
    for (let edge = 1; edge < edges.length; edge++) {
      const text = json.slice(edges[edge - 1]! + 1, edges[edge]!);
      // An empty piece is a comma too many.
      if (commas.length > 0 && text.trim() === '') throw new SyntaxError('a comma before nothing');
      entries.push(...Object.entries(JSON.parse(`{${text}}`) as object));
      await turn();
    }
    // `fromEntries` defines properties: a flag named `__proto__` stays one.
    members.set(JSON.parse(name.replace(/\s*:\s*$/, '')), Object.fromEntries(entries));
    rest += `${json.slice(from, start)}null`;
    from = end + 1;
  }
  const whole = Object.entries(JSON.parse(rest + json.slice(from)) as object);
  // Of two members of one name the later counts, as ever.
  return Object.fromEntries(whole.map(([name, value]) => [name, value === null ? (members.get(name) ?? null) : value]));
}

/** The objects right below the top that are worth dividing. */
async function partsOf(json: string, turn: () => Promise<void>): Promise<Part[]> {
  const parts: Part[] = [];
  let depth = 0;
  let start = 0;
  let commas: number[] = [];
  let looked = 0;
  for (let i = 0; i < json.length; i++) {
    const code = json.charCodeAt(i);
    if (code === QUOTE) i = endOfText(json, i);
    else if (OPENS.has(code)) {
      depth++;
      if (depth === 2 && code === 0x7b) {
        start = i;
        commas = [];
      }
    } else if (CLOSES.has(code)) {
      if (depth === 2 && code === 0x7d && commas.length > 0) parts.push({ start, end: i, commas });
      depth--;
    } else if (code === COMMA && depth === 2 && i - (commas.at(-1) ?? start) > PIECE_CHARACTERS) commas.push(i);
    if (i - looked > PIECE_CHARACTERS) {
      looked = i;
      await turn();
    }
  }
  return parts;
}

/** Index of the quote that ends a text. */
function endOfText(json: string, start: number): number {
  for (let end = json.indexOf('"', start + 1); end >= 0; end = json.indexOf('"', end + 1)) {
    let first = end;
    while (json[first - 1] === '\\') first--;
    if (((end - first) & 1) === 0) return end;
  }
  return json.length;
}

/** Lets others have their turn whenever ours has lasted too long. */
function createTurn(): () => Promise<void> {
  let began = performance.now();
  return async () => {
    if (performance.now() - began < SLICE_MS) return;
    await setImmediate();
    began = performance.now();
  };
}
