import type { ErrorCode, Reason } from './model.ts';

// Why: decision 0005.
/**
 * What a decision comes to, packed into one small integer, so that deciding allocates nothing and almost every
 * outcome is known when a flag is compiled. 30 bits: small integers are 31 bits wide in Chrome.
 *
 *     bits  0– 8   slot: 1 + index of the variation; 0 = the caller's default
 *     bit   9      enabled: the variation is a boolean flag's `true` or a launch's `live`
 *     bits 10–12   reason
 *     bits 13–15   error code; 0 = none
 *     bits 16–29   1 + index of the rule; 0 = no rule
 *
 * No outcome is 0: that is how a rule says "not me, go on".
 *
 * Numbers stand first in this file: bundlers write them where they are used only if nothing else stands before them.
 */
const SLOT = 0x1ff;

export const ENABLED = 1 << 9;
export const STATIC = 1 << 10;
export const DEFAULT = 2 << 10;
export const TARGETING_MATCH = 3 << 10;
export const SPLIT = 4 << 10;
export const DISABLED = 5 << 10;
export const PREREQUISITE_FAILED = 6 << 10;
const REASON = 7 << 10;
const ERROR = 7 << 10;
const ERROR_CODE = 7 << 13;

export const FLAG_NOT_FOUND = ERROR | (1 << 13);
export const PARSE_ERROR = ERROR | (2 << 13);
export const TYPE_MISMATCH = ERROR | (3 << 13);
export const KEY_MISSING = DEFAULT | (4 << 13);
export const INVALID_CONTEXT = ERROR | (5 << 13);
export const GENERAL = ERROR | (6 << 13);
export const NOT_READY = ERROR | (7 << 13);

const REASONS = 'STALE STATIC DEFAULT TARGETING_MATCH SPLIT DISABLED PREREQUISITE_FAILED ERROR'.split(
  ' ',
) as readonly Reason[];

// The first, '', is none.
const ERROR_CODES =
  ' FLAG_NOT_FOUND PARSE_ERROR TYPE_MISMATCH TARGETING_KEY_MISSING INVALID_CONTEXT GENERAL PROVIDER_NOT_READY'.split(
    ' ',
  ) as readonly (ErrorCode | '')[];

/** The bits that say "by rule number `index`". */
export function byRule(index: number): number {
  return (index + 1) << 16;
}

/** The same outcome, by rules that may be out of date. */
export function asStale(outcome: number): number {
  return outcome & ~REASON;
}

/** Which counter of the flag this outcome belongs to: 0 = the caller's default, otherwise 1 + the variation's index. */
export function slotOf(outcome: number): number {
  return outcome & SLOT;
}

/** True if the outcome is a boolean flag's `true` or a launch's `live`. */
export function isEnabledOutcome(outcome: number): boolean {
  return (outcome & ENABLED) !== 0;
}

/** True if the outcome has an error code. */
export function isErrorOutcome(outcome: number): boolean {
  return (outcome & ERROR_CODE) !== 0;
}

/** OpenFeature's reason. */
export function reasonOf(outcome: number): Reason {
  return REASONS[(outcome >> 10) & 7]!;
}

/** True if the flag that came to this outcome was on. */
export function isOn(outcome: number): boolean {
  return (outcome & REASON) !== DISABLED;
}

/** OpenFeature's error code, or undefined. */
export function errorCodeOf(outcome: number): ErrorCode | undefined {
  return ERROR_CODES[(outcome >> 13) & 7] || undefined;
}

/** Index of the rule that decided, or −1. */
export function ruleIndexOf(outcome: number): number {
  return (outcome >> 16) - 1;
}
