/**
 * Diagnostics for likely mistakes in a call, one log line each: a key that no flag has, a context without the
 * key to split by, a default of another type. All of them give the default, which looks like a flag that is off.
 * Why: decision 0140.
 */
import { type EvaluationContext, errorCodeOf, type Flag, type Ruleset } from '@dimmer/core';
import { isNews } from '@dimmer/core/is-news';
import { nearestKey } from '@dimmer/core/nearest-key';
import type { LogCode, Platform } from './platform.ts';

/** What other SDKs call it. */
const LIKE_A_KEY = /(^|[-_])(id|key)$|[a-z]I[Dd]$|^(user|email)$/;

export interface Mistakes {
  /** There are rules, and no flag with this key among them. */
  readonly notFound: (key: string) => void;
  /** An evaluation came to an error. `given`: the default, if there was one. */
  readonly failed: (flag: Flag, outcome: number, context: EvaluationContext | undefined, given?: unknown) => void;
  /** A flag was asked whether it is enabled: only some can be. */
  readonly askedIfEnabled: (flag: Flag) => void;
}

export function createMistakes(log: Platform['log'], ruleset: Ruleset): Mistakes {
  const said = new Set<string>();

  function say(code: LogCode, key: string, detail: () => string): void {
    try {
      if (isNews(said, `${code} ${key}`)) log(code, detail());
    } catch {
      // What was asked with may be anything, and throw when it is looked at.
    }
  }

  return {
    notFound(key) {
      say('FLAG_NOT_FOUND', key, () => {
        const nearest = nearestKey(`${key}`, ruleset.keys());
        return `no flag "${key}"${nearest ? `; is it "${nearest}"?` : ''}`;
      });
    },
    failed({ key, type }, outcome, context, given) {
      const code = errorCodeOf(outcome);
      if (code === 'TYPE_MISMATCH') {
        say(code, key, () => `"${key}" is a ${type} flag, the default a ${typeof given}: the default is answered`);
      } else if (code === 'TARGETING_KEY_MISSING') {
        say(code, key, () => {
          const like = Object.keys(context ?? {}).find((name) => LIKE_A_KEY.test(name));
          return `"${key}" is split by a key that the context lacks: pass { targetingKey: ${like ? `<${like}>` : '…'} }`;
        });
      }
    },
    askedIfEnabled({ key, type }) {
      // One that could not be understood has no type, and has been said to be so.
      if (!type || type === 'boolean' || type === 'launch') return;
      say('TYPE_MISMATCH', key, () => `"${key}" is a ${type} flag, which is never enabled: ask for its value()`);
    },
  };
}
