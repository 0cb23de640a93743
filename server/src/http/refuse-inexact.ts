import type { Context } from 'hono';
import { ApiError } from './api-error.ts';
import type { AppEnv } from './app-env.ts';

/** Texts, so that what is in them does not count, and numerals. */
const TEXTS_AND_NUMERALS = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g;

/** Shorter than the shortest whole number beyond 2^53, unless it has an exponent. */
const MIN_LENGTH = 16;

/**
 * Refuses numbers beyond 2^53 that JSON readers would round: an identifier that becomes another one is found out when it
 * is too late. Numbers that come out as they were written pass, and so do fractions, which everybody expects rounded.
 */
export async function refuseInexact(c: Context<AppEnv>, next: () => Promise<void>): Promise<void> {
  if (c.req.method !== 'GET' && c.req.method !== 'HEAD') {
    for (const [token] of (await c.req.text()).matchAll(TEXTS_AND_NUMERALS)) {
      if (token[0] !== '"' && isInexact(token)) refuse(token);
    }
  }
  await next();
}

function isInexact(numeral: string): boolean {
  if (numeral.length < MIN_LENGTH && !/e/i.test(numeral)) return false;
  const number = Number(numeral);
  return (
    Number.isFinite(number) && Math.abs(number) > Number.MAX_SAFE_INTEGER && digits(numeral) !== digits(String(number))
  );
}

/** What a numeral says apart from its size: 120, 1.2e5 and 12 are alike. */
function digits(numeral: string): string {
  return numeral.replace(/e.*$/i, '').replace(/[-.]/g, '').replace(/^0+/, '').replace(/0+$/, '');
}

function refuse(numeral: string): never {
  const shown = numeral.length > 60 ? `${numeral.slice(0, 60)}…` : numeral;
  throw new ApiError('NUMBER_INEXACT', `${shown} would be rounded to ${Number(numeral)}.`, {
    fix: `Write it as a text, "${shown}": identifiers are no quantities. A flag that serves it is of type string.`,
  });
}
