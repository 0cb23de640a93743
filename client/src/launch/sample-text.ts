/** What a sample shows of a value: JSON as far as it goes, redacted, short, and made without walking all of it. */
import { LAUNCH_LIMITS } from '@dimmer/core';
import { byName } from './contents.ts';
import type { Segment } from './ignored-paths.ts';
import { isError, natureOf, tagOf } from './kinds.ts';
import { isSecretName, REDACTED, type Redactions, redactText } from './redact.ts';
import { origins, Unasked } from './unseen.ts';

const MAX = LAUNCH_LIMITS.sampleLength;
const MAX_DEPTH = 8;
/** Read beyond what is shown, so that a key at the end is known for one. */
const MAX_READ = MAX + 500;

/** @param under the names on the way down to the value; it may be secret for one of them alone */
export function sampleText(value: unknown, under: readonly string[] = [], redactions?: Redactions): string {
  /** The objects that the present one is in. */
  const around: object[] = [];
  let room = MAX;

  function say(text: string): string {
    room -= text.length;
    return text;
  }

  function sayString(text: string): string {
    return say(JSON.stringify(redactText(text.slice(0, MAX_READ), redactions).slice(0, MAX)) ?? '');
  }

  function sayValue(one: unknown, name: string): string {
    if (room <= 0) return '…';
    if (name && isSecretName(name, redactions)) return say(`"${REDACTED}"`);
    if (typeof one === 'string') return sayString(one);
    if (typeof one === 'bigint') return say(redactText(`${one}n`.slice(0, MAX)));
    if (typeof one === 'function') return say('[function]');
    if (typeof one !== 'object' || one === null) return say(redactText(String(one)));
    if (one instanceof Unasked) return say('[getter]');
    if (around.includes(one)) return say('[cyclic]');
    if (around.length >= MAX_DEPTH) return say('[…]');
    around.push(one);
    const told = origins.get(one)?.told;
    const text = told ? sayValue(told.value, '') : sayObject(one);
    around.pop();
    return text;
  }

  function sayObject(one: object): string {
    switch (natureOf(one).kind) {
      case 'date':
        return say(Number.isNaN(+(one as Date)) ? '[no date]' : `"${(one as Date).toISOString()}"`);
      case 'error':
        return sayString(failureText(one));
      case 'regexp':
      case 'text':
        return sayString(`${one}`);
      case 'boxed':
        return sayValue(one.valueOf(), '');
      case 'bytes':
        return say(`[${(one as ArrayBuffer).byteLength} bytes]`);
      case 'list':
        return `[${sayMembers(one as readonly unknown[])}]`;
      case 'set':
        return `Set[${sayMembers(one as ReadonlySet<unknown>)}]`;
      case 'map':
        return `Map{${saySome(one as ReadonlyMap<unknown, unknown>, sayEntry)}}`;
      case 'entries':
        return `{${saySome(byName(one as FormData), sayEntry)}}`;
      case 'plain':
      case 'class':
        return sayFields(one as { readonly [name: string]: unknown });
      default:
        return say(`[${(tagOf(one) === 'Object' ? String(one.constructor?.name) : tagOf(one)).slice(0, 50)}]`);
    }
  }

  function sayFields(fields: { readonly [name: string]: unknown }): string {
    // As forms and headers are listed: { name: 'password', value: '…' }.
    const label = fields.name ?? fields.key;
    const isLabelled = typeof label === 'string' && isSecretName(label, redactions);
    return `{${saySome(Object.keys(fields), (field) => {
      const isItsValue = isLabelled && /^val/i.test(field);
      return `${sayString(field)}:${isItsValue ? say(`"${REDACTED}"`) : sayValue(fields[field], field)}`;
    })}}`;
  }

  /** A list may hold names and values by turns, as Node's `rawHeaders` does, or be the pair of both. */
  function sayMembers(members: Iterable<unknown>): string {
    let before: unknown;
    return saySome(members, (member) => {
      const name = typeof before === 'string' && before.length < 64 ? before : '';
      before = member;
      return sayValue(member, name);
    });
  }

  function sayEntry([key, member]: readonly [unknown, unknown]): string {
    return `${sayValue(key, '')}:${sayValue(member, typeof key === 'string' ? key : '')}`;
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
    const text = under.some((name) => isSecretName(name, redactions)) ? `"${REDACTED}"` : sayValue(value, '');
    return text.length > MAX ? `${text.slice(0, MAX - 1)}…` : text;
  } catch {
    return '[unreadable]';
  }
}

/** A failure in words, whatever was thrown: class, message, code. */
export function failureText(error: unknown): string {
  try {
    if (!isError(error)) return typeof error === 'object' ? sampleText(error) : String(error);
    const { name, message } = error;
    const { code } = error as { readonly code?: unknown };
    const kind = name === 'Error' ? error.constructor?.name || name : name;
    return `${message ? `${kind}: ${message}` : kind}${code === undefined ? '' : ` (${String(code)})`}`;
  } catch {
    return '[unreadable]';
  }
}

/** The names of a place as they may be shown: what is different each time, or secret, is `*`. */
export function shownSegments(segments: readonly Segment[]): readonly string[] {
  let isSecret = false;
  return segments.map((segment) => {
    if (typeof segment === 'number' || isSecret || isDynamic(segment)) return '*';
    isSecret = isSecretName(segment);
    return redactText(segment) === segment ? segment : '*';
  });
}

/** The JSON pointer (RFC 6901) of a place. */
export function pointerText(shown: readonly string[]): string {
  const text = shown.map((segment) => `/${segment.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
  return text.length > LAUNCH_LIMITS.clusterPathLength
    ? `${text.slice(0, LAUNCH_LIMITS.clusterPathLength - 1)}…`
    : text;
}

/**
 * Whether a key looks like somebody's, and not like the name of a field: numbers, dates and addresses of machines,
 * `user-123`, `order_1234`, UUIDs, hexadecimal, and long ones with digits in between.
 */
function isDynamic(key: string): boolean {
  return (
    /^[\d.:\s+-]*\d[\d.:TZ\s+-]*$/.test(key) ||
    /[-:#]\d+$|_\d{3,}$/.test(key) ||
    /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/i.test(key) ||
    (/^(?:\w{1,12}[-_:])?[\da-f]{8,}$/i.test(key) && /\d/.test(key)) ||
    (key.length >= 16 && !key.includes(' ') && (key.match(/\d/g)?.length ?? 0) >= 3)
  );
}
