import { ALL, type CodePoints, complement, DIGITS, NOT_LINE_END, SPACE, union, WORD } from './code-points.ts';

/** A pattern, taken apart. */
export type Pattern =
  | { readonly kind: 'one'; readonly of: CodePoints; readonly negated: boolean }
  | { readonly kind: 'assertion'; readonly holds: '^' | '$' | 'b' | 'B' }
  | { readonly kind: 'sequence'; readonly parts: readonly Pattern[] }
  | { readonly kind: 'choice'; readonly options: readonly Pattern[] }
  /** `max` is Infinity where there is none. */
  | { readonly kind: 'repeat'; readonly of: Pattern; readonly min: number; readonly max: number };

/** Why a pattern cannot be compiled, and where: `at` counts UTF-16 units from the start. */
export class PatternError extends Error {
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.name = 'PatternError';
    this.at = at;
  }
}

/** How often something may be asked to repeat by number; the size of the program is bounded in any case. */
const MAX_REPEAT = 1000;
const MAX_NESTING = 100;

const CONTROL: { readonly [letter: string]: number } = { t: 9, n: 10, v: 11, f: 12, r: 13, 0: 0 };
const SYNTAX = '^$\\.*+?()[]{}|/';

/**
 * Parses the syntax that RE2 and ECMAScript (with the `u` flag) share: literals, `.`, classes, `\d \w \s \b`, groups,
 * `|`, `* + ? {n,m}`, `^ $`, and escapes by number.
 *
 * @throws PatternError with what is wrong, or what is not supported because it cannot run in linear time
 */
export function parsePattern(text: string): Pattern {
  return new Parser(text).parse();
}

class Parser {
  readonly #text: string;
  #at = 0;
  #nesting = 0;

  constructor(text: string) {
    this.#text = text;
  }

  parse(): Pattern {
    const pattern = this.#choice();
    if (this.#at < this.#text.length) this.#fail('Unmatched ")": escape it as "\\)".');
    return pattern;
  }

  #fail(message: string, at = this.#at): never {
    throw new PatternError(message, at);
  }

  #peek(): string {
    return this.#text[this.#at] ?? '';
  }

  #takes(text: string): boolean {
    if (!this.#text.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  #takePoint(): number {
    const point = this.#text.codePointAt(this.#at)!;
    this.#at += point > 0xffff ? 2 : 1;
    return point;
  }

  #choice(): Pattern {
    const options = [this.#sequence()];
    while (this.#takes('|')) options.push(this.#sequence());
    return options.length === 1 ? options[0]! : { kind: 'choice', options };
  }

  #sequence(): Pattern {
    const parts: Pattern[] = [];
    while (this.#at < this.#text.length && this.#peek() !== '|' && this.#peek() !== ')') parts.push(this.#repeated());
    return { kind: 'sequence', parts };
  }

  #repeated(): Pattern {
    const start = this.#at;
    const of = this.#atom();
    const [min, max] = this.#quantifier() ?? [1, 1];
    if (min === 1 && max === 1) return of;
    if (of.kind === 'assertion') this.#fail('A position cannot be repeated: remove the quantifier.', start);
    // Greedy or not makes no difference to whether there is a match.
    this.#takes('?');
    if ('*+?{'.includes(this.#peek() || ' '))
      this.#fail('Nothing to repeat: escape the quantifier, or group with (…).');
    return { kind: 'repeat', of, min, max };
  }

  #quantifier(): readonly [number, number] | undefined {
    if (this.#takes('*')) return [0, Number.POSITIVE_INFINITY];
    if (this.#takes('+')) return [1, Number.POSITIVE_INFINITY];
    if (this.#takes('?')) return [0, 1];
    if (this.#peek() !== '{') return undefined;
    const counts = /^\{(\d+)(?:(,)(\d*))?\}/.exec(this.#text.slice(this.#at, this.#at + 24));
    if (!counts) this.#fail('A "{" that is no quantifier: write {2}, {2,} or {2,5}, or escape it as "\\{".');
    const min = Number(counts[1]);
    const max = counts[2] === undefined ? min : counts[3] === '' ? Number.POSITIVE_INFINITY : Number(counts[3]);
    if (min > MAX_REPEAT || (max > MAX_REPEAT && max !== Number.POSITIVE_INFINITY)) {
      this.#fail(`At most ${MAX_REPEAT} repetitions can be asked for.`);
    }
    if (max < min) this.#fail('The quantifier ends before it begins: write the smaller number first.');
    this.#at += counts[0].length;
    return [min, max];
  }

  #atom(): Pattern {
    const start = this.#at;
    if (this.#takes('(')) return this.#group(start);
    if (this.#takes('[')) return this.#class(start);
    if (this.#takes('.')) return { kind: 'one', of: NOT_LINE_END, negated: false };
    if (this.#takes('^')) return { kind: 'assertion', holds: '^' };
    if (this.#takes('$')) return { kind: 'assertion', holds: '$' };
    if (this.#takes('\\b')) return { kind: 'assertion', holds: 'b' };
    if (this.#takes('\\B')) return { kind: 'assertion', holds: 'B' };
    if ('*+?{'.includes(this.#peek())) this.#fail('Nothing to repeat: escape the quantifier with "\\".');
    if ('}]'.includes(this.#peek())) this.#fail(`Unmatched "${this.#peek()}": escape it with "\\".`);
    if (this.#takes('\\')) return this.#escape(start);
    return literal(this.#takePoint());
  }

  #group(start: number): Pattern {
    if (this.#takes('?')) {
      if (/^(=|!|<=|<!)/.test(this.#text.slice(this.#at))) {
        this.#fail('Lookahead and lookbehind are not supported, because they cannot run in linear time.', start);
      }
      const name = /^(?::|<[A-Za-z_]\w*>)/.exec(this.#text.slice(this.#at));
      if (!name) this.#fail('Flags in a pattern are not supported: use "ignore case" of the condition.', start);
      this.#at += name[0].length;
    }
    if (++this.#nesting > MAX_NESTING) this.#fail(`Groups are nested more than ${MAX_NESTING} deep.`, start);
    const inside = this.#choice();
    this.#nesting--;
    if (!this.#takes(')')) this.#fail('This group is not closed: add ")".', start);
    return inside;
  }

  #escape(start: number): Pattern {
    const set = this.#setEscape();
    if (set) return { kind: 'one', of: set, negated: false };
    if (/[1-9k]/.test(this.#peek())) {
      this.#fail('Backreferences are not supported, because they cannot run in linear time.', start);
    }
    return literal(this.#pointEscape(start));
  }

  /** `\d \D \w \W \s \S`, with the backslash taken already. */
  #setEscape(): CodePoints | undefined {
    const letter = this.#peek();
    const set = { d: DIGITS, w: WORD, s: SPACE }[letter.toLowerCase()];
    if (!set) return undefined;
    this.#at++;
    return letter === letter.toLowerCase() ? set : complement(set);
  }

  /** An escape of one code point, with the backslash taken already. */
  #pointEscape(start: number): number {
    if (this.#at >= this.#text.length) this.#fail('A "\\" at the end escapes nothing: write "\\\\".', start);
    const rest = this.#text.slice(this.#at, this.#at + 12);
    const byNumber = /^(?:x([\da-f]{2})|u([\da-f]{4})|u\{([\da-f]{1,6})\})/i.exec(rest);
    if (byNumber) {
      this.#at += byNumber[0].length;
      const point = Number.parseInt(byNumber[1] ?? byNumber[2] ?? byNumber[3]!, 16);
      if (point > 0x10ffff) this.#fail('There is no such code point: the last is \\u{10ffff}.', start);
      const low = point >= 0xd800 && point < 0xdc00 ? /^\\u(d[c-f][\da-f]{2})/i.exec(this.#text.slice(this.#at)) : null;
      if (!low) return point;
      this.#at += low[0].length;
      return 0x10000 + ((point - 0xd800) << 10) + (Number.parseInt(low[1]!, 16) - 0xdc00);
    }
    const letter = this.#text[this.#at]!;
    const isOctal = letter === '0' && /\d/.test(rest[1] ?? '');
    if (letter in CONTROL && !isOctal) {
      this.#at++;
      return CONTROL[letter]!;
    }
    if (SYNTAX.includes(letter) || letter === '-') {
      this.#at++;
      return letter.charCodeAt(0);
    }
    return this.#fail(`"\\${letter}" is not an escape that is supported here.`, start);
  }

  #class(start: number): Pattern {
    const negated = this.#takes('^');
    const sets: CodePoints[] = [];
    while (!this.#takes(']')) {
      if (this.#at >= this.#text.length) this.#fail('This class is not closed: add "]".', start);
      const low = this.#classAtom();
      if (this.#peek() === '-' && this.#text[this.#at + 1] !== ']') {
        const dash = this.#at++;
        if (this.#at >= this.#text.length) this.#fail('This class is not closed: add "]".', start);
        const high = this.#classAtom();
        if (typeof low !== 'number' || typeof high !== 'number')
          this.#fail('A class cannot be the end of a range.', dash);
        if (high < low) this.#fail('This range ends before it begins: write the lower character first.', dash);
        sets.push([low, high]);
      } else {
        sets.push(typeof low === 'number' ? [low, low] : low);
      }
    }
    const set = union(...sets);
    return { kind: 'one', of: negated && set.length === 0 ? ALL : set, negated: negated && set.length > 0 };
  }

  #classAtom(): number | CodePoints {
    const start = this.#at;
    if (!this.#takes('\\')) return this.#takePoint();
    if (this.#takes('b')) return 8;
    return this.#setEscape() ?? this.#pointEscape(start);
  }
}

function literal(point: number): Pattern {
  return { kind: 'one', of: [point, point], negated: false };
}
