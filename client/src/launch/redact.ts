/** What nobody may read: by the name that it stands under, and by what it looks like. */

export const REDACTED = '[redacted]';

/** Parts of names, lower case without separators: `userPassword`, `X-Api-Key`, `card_number` have one of them. */
const NAMES =
  /passw|passphrase|secret|token|authori[sz]ation|cookie|credential|apikey|privatekey|accesskey|session|cardnumber|creditcard|cvv|cvc|iban|accountnumber|socialsecurity|e?mail(?!ed|s$)|phone|mobile|birth|taxid/;
/** Short names that are parts of harmless ones. */
const WHOLE_NAMES = /^(pin|ssn|pwd|otp|dob|jwt|auth|bearer|pan|sid|csrf|xsrf)$/;

const EMAIL = /[^\s@"'<>]{1,64}@[^\s@"'<>]{1,190}\.[a-z]{2,}/giu;
/** JSON web tokens, and keys as services make them: a prefix, and at least 16 characters of what looks random. */
const TOKENS =
  /\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*|\b(?:sk|pk|rk|ghp|gho|ghs|xox[abpr]|sdk|web|adm|AKIA|glpat|shpat)[-_]?[A-Za-z0-9_-]{16,}|\bBearer\s+\S{8,}|-----BEGIN [A-Z ]*PRIVATE KEY[\s\S]*/g;
const DIGITS = /\b\d(?:[ -]?\d){12,18}\b/g;

/** Names that the caller wants redacted as well. */
export type Redactions = readonly (string | RegExp)[] | undefined;

/** Whether what stands under this name is secret. */
export function isSecretName(name: string, more?: Redactions): boolean {
  const plain = name
    .slice(0, 200)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');
  if (WHOLE_NAMES.test(plain) || NAMES.test(plain)) return true;
  return (
    more?.some((rule) =>
      typeof rule === 'string' ? rule.toLowerCase() === name.toLowerCase() : matches(rule, name),
    ) ?? false
  );
}

/** A text without what looks like an e-mail address, a key, or the number of a card. */
export function redactText(text: string): string {
  return text
    .replace(TOKENS, REDACTED)
    .replace(EMAIL, REDACTED)
    .replace(DIGITS, (digits) => (isCardNumber(digits.replace(/\D/g, '')) ? REDACTED : digits));
}

/** A rule of the caller's may remember where it last matched, or not be one. */
function matches(rule: RegExp, name: string): boolean {
  try {
    return name.search(rule) >= 0;
  } catch {
    return false;
  }
}

/** The Luhn check (ISO/IEC 7812-1), which one number in ten passes by chance. */
function isCardNumber(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits.at(-1 - i));
    const weighted = i % 2 ? digit * 2 : digit;
    sum += weighted > 9 ? weighted - 9 : weighted;
  }
  return sum % 10 === 0;
}
