/** What a sample shows of a value: JSON as far as it goes, redacted, short, and made without walking all of it. */
import { LAUNCH_LIMITS } from '@dimmer/core';
import { isSecretName, REDACTED, type Redactions, redactText } from './redact.ts';

const MAX = LAUNCH_LIMITS.sampleLength;
const MAX_DEPTH = 8;

/** @param name what the value stands under; it may be secret for that alone */
export function sampleText(value: unknown, name: string, redactions?: Redactions): string {
  /** The objects that the present one is in. */
  const around: object[] = [];
  let room = MAX;

  function say(text: string): string {
    room -= text.length;
    return text;
  }

  function sayString(text: string): string {
    return say(JSON.stringify(redactText(text.slice(0, MAX))) ?? '');
  }

  function sayValue(one: unknown, under: string): string {
    if (room <= 0) return '…';
    if (under && isSecretName(under, redactions)) return say(`"${REDACTED}"`);
    if (typeof one === 'string') return sayString(one);
    if (typeof one === 'bigint') return say(`${one}n`.slice(0, MAX));
    if (typeof one === 'function') return say('[function]');
    if (typeof one !== 'object' || one === null) return say(redactText(String(one)));
    if (around.includes(one)) return say('[cyclic]');
    if (around.length >= MAX_DEPTH) return say('[…]');
    around.push(one);
    const text = sayObject(one);
    around.pop();
    return text;
  }

  function sayObject(one: object): string {
    if (one instanceof Date) return say(Number.isNaN(+one) ? '[no date]' : `"${one.toISOString()}"`);
    if (one instanceof Error) return sayString(`${one}`);
    if (one instanceof RegExp) return sayString(`${one}`);
    if (ArrayBuffer.isView(one) || one instanceof ArrayBuffer) return say(`[${one.byteLength} bytes]`);
    if (Array.isArray(one)) return `[${saySome(one, (member) => sayValue(member, ''))}]`;
    if (one instanceof Set) return `Set[${saySome(one, (member) => sayValue(member, ''))}]`;
    if (one instanceof Map) {
      return `Map{${saySome(one, ([key, member]) => `${sayValue(key, '')}:${sayValue(member, typeof key === 'string' ? key : '')}`)}}`;
    }
    const fields = one as { readonly [name: string]: unknown };
    return `{${saySome(Object.keys(one), (field) => `${sayString(field)}:${sayValue(fields[field], field)}`)}}`;
  }

  /** As many members as there is room for. */
  function saySome<Member>(members: Iterable<Member>, sayOne: (member: Member) => string): string {
    const texts: string[] = [];
    for (const member of members) {
      if (room <= 0) {
        texts.push('…');
        break;
      }
      texts.push(sayOne(member));
      room--;
    }
    return texts.join();
  }

  try {
    const text = sayValue(value, name);
    return text.length > MAX ? `${text.slice(0, MAX - 1)}…` : text;
  } catch {
    return '[unreadable]';
  }
}

/**
 * The JSON pointer (RFC 6901) of a place, fit to be shown: what looks like a secret in it, as in a map by e-mail address,
 * is `*`.
 */
export function pointerText(segments: readonly string[]): string {
  const text = segments
    .map((segment) => (redactText(segment) === segment ? segment : '*'))
    .map((segment) => `/${segment.replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('');
  return text.length > LAUNCH_LIMITS.clusterPathLength
    ? `${text.slice(0, LAUNCH_LIMITS.clusterPathLength - 1)}…`
    : text;
}
