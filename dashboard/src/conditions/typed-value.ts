import type { Takes } from './operators.ts';

/** What is wrong with something that was typed, in the server's words. */
export interface TypedProblem {
  readonly problem: string;
}

const WORDS: { readonly [takes in Takes]: string } = {
  anything: 'Write strings, numbers or booleans.',
  text: 'Write a string.',
  pattern: 'Write a pattern, like “^user-[0-9]+$”.',
  number: 'Write a number, or a string like "12.5".',
  instant: 'Write a date-time with a zone, like "2026-03-01T09:00:00+01:00", or milliseconds since 1970.',
  version: 'Write a version like "2.4.0" or "2.4.0-rc.1", as a string.',
  division: 'Write pairs [divisor, remainder] of whole numbers, 0 ≤ remainder < divisor.',
  range: 'Write "10.0.0.0/8" or "2001:db8::/32".',
  segment: 'Choose a segment.',
  nothing: '',
};

const VERSION = /^[vV]?(0|[1-9]\d*)(\.(0|[1-9]\d*)){0,2}(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?([Zz]|[+-]\d{2}:\d{2})$/;
const RANGE = /^[0-9a-fA-F.:]+(\/\d{1,3})?$/;

/**
 * Reads one value of a condition as somebody types it. What looks like a number is one only where the operator compares
 * numbers: elsewhere `007` must stay what it is, and equality compares texts anyway.
 */
export function typedValue(
  takes: Takes,
  text: string,
): { readonly value: string | number | readonly number[] } | TypedProblem {
  const trimmed = text.trim();
  const problem = { problem: WORDS[takes] };
  switch (takes) {
    case 'number':
      return /^-?\d+(\.\d+)?$/.test(trimmed) && Number.isFinite(Number(trimmed)) ? { value: Number(trimmed) } : problem;
    case 'instant':
      if (/^\d{10,16}$/.test(trimmed)) return { value: Number(trimmed) };
      return INSTANT.test(trimmed) && !Number.isNaN(Date.parse(trimmed)) ? { value: trimmed } : problem;
    case 'version':
      return VERSION.test(trimmed) ? { value: trimmed } : problem;
    case 'division': {
      const [, divisor, remainder] = /^\[?\s*(\d+)\s*[,:]\s*(\d+)\s*\]?$/.exec(trimmed) ?? [];
      if (divisor === undefined || Number(remainder) >= Number(divisor)) return problem;
      return { value: [Number(divisor), Number(remainder)] };
    }
    case 'range':
      return RANGE.test(trimmed) ? { value: trimmed } : problem;
    case 'pattern':
      return text === '' ? problem : { value: text };
    default:
      return trimmed === '' ? problem : { value: trimmed };
  }
}

/**
 * Several values at once, as they are pasted: separated by commas, semicolons or lines. A value that has one of them is
 * written in double quotes, as in CSV (`"Doe, Jane"`; a quote within them is doubled). Pairs and patterns have commas of
 * their own, and are separated by lines alone.
 */
export function splitTyped(takes: Takes, text: string): readonly string[] | TypedProblem {
  if (takes === 'division' || takes === 'pattern') return kept(text.split('\n'));
  const parts: string[] = [];
  let rest = text;
  while (rest.trim() !== '') {
    const quoted = /^\s*"((?:[^"]|"")*)"\s*(?:[\n,;]|$)/.exec(rest);
    const plain = quoted ?? (/^\s*"/.test(rest) ? null : /^([^\n,;]*)[\n,;]?/.exec(rest));
    if (!plain) return { problem: 'Close the quotes at the end of the value, like "Doe, Jane".' };
    parts.push(quoted ? (plain[1] ?? '').replaceAll('""', '"') : (plain[1] ?? ''));
    rest = rest.slice(plain[0].length);
  }
  return kept(parts);
}

/** Whether a comma that was just typed ends a value, rather than being within the quotes of one. */
export function endsValue(typed: string): boolean {
  return /[,;]$/.test(typed) && !('problem' in splitTyped('anything', typed));
}

function kept(parts: readonly string[]): readonly string[] {
  return parts.map((part) => part.trim()).filter(Boolean);
}
