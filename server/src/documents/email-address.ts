import { domainToASCII, domainToUnicode } from 'node:url';
import { LIMITS, sentEmailField } from '@dimmer/contract';

// Why: decision 0132.
/** Nothing that cannot be seen, no blanks, and none of what needs quotes. */
const LOCAL = /^[^\p{C}\p{Z}"(),:;<>@[\\\]]+$/u;
/** A single label is a domain: `admin@localhost`, `ops@intranet`. */
const DOMAIN = /^[\p{L}\p{M}\p{N}_-]+(?:\.[\p{L}\p{M}\p{N}_-]+)*$/u;
/** What every spelling leaves as it is, once it is in lower case. */
const PLAIN = /^(?!.*xn--)[\x21-\x7e]*$/;

/**
 * The one spelling of an address: without blanks around it, in lower case, composed (NFC), and its domain as people
 * read it, so that `ANN@xn--mnchen-3ya.example` and `ann@münchen.example` are one address. Total: what is no address
 * comes back as some text that is none.
 */
export function emailAddress(text: string): string {
  const given = text.trim().toLowerCase();
  if (PLAIN.test(given)) return given;
  const composed = given.normalize('NFC');
  const at = composed.lastIndexOf('@');
  const domain = composed.slice(at + 1);
  // More than a domain may hold is not asked: what stands behind a slash or a colon would be dropped in silence.
  return DOMAIN.test(domain)
    ? composed.slice(0, at + 1) + (domainToUnicode(domainToASCII(domain)) || domain)
    : composed;
}

/** Whether somebody may be given this address, in its one spelling. A person can sign in with such an address. */
export function isEmailAddress(address: string): boolean {
  const at = address.lastIndexOf('@');
  const [local, domain] = [address.slice(0, at), address.slice(at + 1)];
  return (
    at > 0 &&
    address.length <= LIMITS.addressCharacters &&
    LOCAL.test(local) &&
    DOMAIN.test(domain) &&
    domainToASCII(domain) !== ''
  );
}

/** Whether two stored addresses are one. Earlier versions stored them as they were spelled. */
export function isSameAddress(one: string | null, other: string): boolean {
  return one === other || (one !== null && emailAddress(one) === emailAddress(other));
}

/** An address as somebody sends it, in its one spelling: the rule of set-up, invitations and sign-in. */
export const emailField = sentEmailField
  .overwrite(emailAddress)
  .refine(
    isEmailAddress,
    `An address of e-mail of at most ${LIMITS.addressCharacters} characters, e.g. ann@example.com.`,
  );
