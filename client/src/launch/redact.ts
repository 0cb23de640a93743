/**
 * What nobody may read: by the name that it stands under, and by what it looks like. All lists are in this file; what
 * they find and what they leave alone is in `client/test/launch/redact.test.ts`. Why: decision 0162.
 */

export const REDACTED = '[redacted]';

/** Parts of names, lower case without separators: `userPassword`, `X-Api-Key`, `card_number` have one of them. */
const NAMES = new RegExp(
  [
    'passw|passphrase|passcode|pincode|secret|token|authori[sz]ation|cookie|credential|signature|samlresponse',
    '(?:api|private|priv|access|account|admin|aes|app|auth|client|consumer|crypto|deploy|encryption|gpg|hmac|license|master|pgp|rsa|server|service|shared|signing|ssh|storage|subscription|write)key',
    '(?:aws|azure|gcp|github|google|openai|sendgrid|slack|stripe|twilio)key|mnemonic|seedphrase|recoveryphrase',
    'session|sessid|connectsid|recoverycode|backupcode|verificationcode|securitycode|securityanswer|connectionstring|webhookurl',
    'cardnumber|creditcard|cvv|cvc|iban|accountnumber|routingnumber|sortcode|socialsecurity|nationalid|passport|driverlicen',
    'e?mail(?!ed|s$)|phone|mobile|birth|taxid|taxnumber',
  ].join('|'),
);
/** Short names that are parts of harmless ones. */
const WHOLE_NAMES =
  /^(?:pin|ssn|pwd|pass|otp|totp|dob|jwt|auth|xauth|bearer|pan|sid|csrf|xsrf|sig|hmac|dsn|salt|csc|nin|creds?)$/;
/** Of parameters in an address: elsewhere they are harmless. */
const PARAMETERS = /[?&](?:amp;)?(?:key|code|sig|hash|policy)$/i;

/** Keys as services make them: a prefix that is theirs alone, and what looks random. */
const TOKENS = new RegExp(
  [
    // JSON web tokens, private keys.
    'eyJ[\\w-]{8,}\\.[\\w-]+\\.?[\\w-]*\\.?[\\w-]*',
    '-----BEGIN [A-Z ]*PRIVATE KEY[\\s\\S]*|AGE-SECRET-KEY-\\w+',
    // What stands in `Authorization`.
    '\\bBearer\\s+[\\w+/=.~-]{8,}|\\b(?:bearer|Basic|basic|Digest|Token)\\s+(?=\\S*[\\d+/=_.-]|\\S*[a-z]\\S*[A-Z]|\\S{20})[\\w+/=.~-]{6,}',
    // Amazon, Google, Azure.
    '\\b(?:A3T[A-Z0-9]|AKIA|ASIA|ABIA|ACCA|AGPA|AIDA|AIPA|ANPA|ANVA|AROA)[A-Z0-9]{12,}',
    '\\bAIza[\\w-]{30,}|\\bya29\\.[\\w-]{16,}|\\bGOCSPX-[\\w-]{16,}|\\b1//0[\\w-]{20,}',
    '\\b\\w{3}\\dQ~[\\w~.-]{20,}',
    // GitHub, GitLab, Atlassian, npm, PyPI, Docker, Hashicorp.
    '\\bgh[opsur]_[A-Za-z0-9]{16,}|\\bgithub_pat_\\w{16,}|\\bgl[a-z]{2,5}-[\\w-]{16,}|\\bATATT3[\\w=-]{16,}',
    '\\bnpm_[A-Za-z0-9]{16,}|\\bpypi-[\\w-]{16,}|\\bdckr_[a-z]+_[\\w-]{16,}|\\bhv[bsr]\\.[\\w-]{16,}',
    // Slack, Discord, Telegram, Twilio, SendGrid, Mailgun, Mailchimp.
    '\\bxox[a-z](?:\\.xox[a-z])?-[\\w-]{10,}|\\bxapp-[\\w-]{10,}|hooks\\.slack\\.com/\\w+/[\\w/]{10,}',
    '\\bapi/webhooks/\\d+/[\\w-]{16,}|\\b\\d{8,10}:AA[\\w-]{30,}|\\b(?:SK|AC)[0-9a-f]{32}\\b',
    '\\bSG\\.[\\w-]{10,}\\.[\\w-]{10,}|\\bkey-[0-9a-f]{32}\\b|\\b[0-9a-f]{32}-us\\d{1,2}\\b',
    // Stripe, Square, Shopify, Facebook.
    '\\bwhsec_\\w{16,}|\\bsq0[a-z]{3}-[\\w-]{16,}|\\bshp[a-z]{2}_[0-9a-f]{16,}|\\bEAA[A-Za-z0-9]{24,}',
    // Others whose prefix says it: sk_live_…, sk-ant-…, hf_…, dop_v1_…, our own.
    '\\b(?:sk|pk|rk)[-_][\\w-]{16,}|\\b(?:hf|lin_api|ntn|figd|sntry[su]|sbp|dop_v1|doo_v1|dor_v1|pscale_\\w+?)_[\\w-]{16,}',
    '\\bdapi[0-9a-f]{32}|\\b(?:PMAK|NRAK|HRKU)-[\\w-]{16,}|\\bsl\\.[\\w-]{24,}|\\bpat\\w{14}\\.[0-9a-f]{32,}',
    '\\b(?:sdk|web|adm)_[\\w-]{16,}',
  ].join('|'),
  'g',
);
/** Forty characters as Amazon's secret keys are. A hash has no capitals. */
const SECRET_KEY = /(^|[^\w/+])(?=\S*[a-z])(?=\S*[A-Z])(?=\S*\d)[A-Za-z0-9/+]{40}(?![\w/+=])/g;
/** Who stands before the host in an address: `scheme://user:password@host`, `user:password@tcp(host)`. */
const CREDENTIALS = /(:\/\/|^|[\s"'=(])([^\s/?#"'<>@:]*:[^\s/?#"'<>]*)@(?=[\w[])/gi;
const USER = /(:\/\/)[^\s/?#"'<>@]+@/g;
const EMAIL = /[^\s@"'<>=&?:/,;]{1,64}(?:@|%40)[^\s@"'<>&]{1,190}\.[a-z]{2,}/giu;
const DIGITS = /\b\d(?:[ -]?\d){12,18}\b/g;
const SOCIAL_SECURITY = /\b\d{3}-\d{2}-\d{4}\b/g;
const IBAN = /\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b/g;

/** A name and what stands between it and its value: in JSON, also escaped, forms, headers, logs, addresses, tags. */
const NAMED =
  /([a-z_$][\w$.[\]-]{0,63})((?:\\*["'`]|%22)?(?:\s*(?:=>?|:)|%3[ad])\s*|\s+(?:(?:is|was)\s+(?=\S*\d)|(?=[\w.+/=-]{6})(?=\S*\d))|(?:\s+)(?=["'`])|>(?=[^<]+<\/))/gi;
/** In a path: `/reset-password/4f9a`. */
const IN_PATH = /(\/([\w-]{2,64})\/)([^/\s?#"'<>]+)/g;
/** The rest of the line is one value. */
const LINES = /authori[sz]ation|cookie/i;

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

/**
 * A text without what looks like a key, an address or the number of a card, and without what stands under a secret name
 * in it: as JSON, a form, a header, an address, or in a message.
 */
export function redactText(text: string, more?: Redactions): string {
  return redactNamed(text, more)
    .replace(TOKENS, REDACTED)
    .replace(CREDENTIALS, `$1${REDACTED}@`)
    .replace(USER, `$1${REDACTED}@`)
    .replace(SECRET_KEY, `$1${REDACTED}`)
    .replace(EMAIL, REDACTED)
    .replace(SOCIAL_SECURITY, REDACTED)
    .replace(IBAN, (found) => (isIban(found.replaceAll(' ', '')) ? REDACTED : found))
    .replace(DIGITS, (digits) => (isCardNumber(digits.replace(/\D/g, '')) ? REDACTED : digits))
    .replace(IN_PATH, (found, before: string, name: string) =>
      isSecretName(name, more) ? `${before}${REDACTED}` : found,
    );
}

function redactNamed(text: string, more: Redactions): string {
  let redacted = '';
  let from = 0;
  NAMED.lastIndex = 0;
  for (let found = NAMED.exec(text); found; found = NAMED.exec(text)) {
    const [all, name = '', between = ''] = found;
    const begins = found.index + all.length;
    const isParameter = PARAMETERS.test(text.slice(Math.max(0, found.index - 5), found.index + name.length));
    if (!isParameter && !name.split(/[.[\]]+/).some((part) => isSecretName(part, more))) {
      // Its value may begin with a name: `url=https://…?token=…`.
      NAMED.lastIndex = found.index + name.length;
      continue;
    }
    const ends = endOfValue(text, begins, LINES.test(name), /%3/i.test(between));
    if (ends === begins) continue;
    redacted += `${text.slice(from, begins)}${REDACTED}`;
    from = ends;
    NAMED.lastIndex = ends;
  }
  return redacted + text.slice(from);
}

/** Where the value that begins here is over: at its quote or bracket, or where a form, a list or a word ends. */
function endOfValue(text: string, begins: number, isLine: boolean, isEncoded: boolean): number {
  const [, escapes = '', quote] = /^(\\*)(["'`])?/.exec(text.slice(begins)) ?? [];
  if (quote) {
    const mark = `${escapes}${quote}`;
    let ends = text.indexOf(mark, begins + mark.length);
    // One that is escaped does not end it.
    while (ends > 0 && text[ends - 1] === '\\') ends = text.indexOf(mark, ends + 1);
    return ends < 0 ? text.length : ends + mark.length;
  }
  if (text[begins] === '{' || text[begins] === '[') {
    let depth = 0;
    for (let at = begins; at < text.length; at++) {
      if ('{['.includes(text[at]!)) depth++;
      else if ('}]'.includes(text[at]!) && --depth === 0) return at + 1;
    }
    return text.length;
  }
  const end = isLine ? /[\r\n"'`]/ : isEncoded ? /[&;,\s"'`<>)}\]]|%26|%22/i : /[&;,\s"'`<>)}\]]/;
  const length = text.slice(begins).search(end);
  return length < 0 ? text.length : begins + length;
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

/** The check of ISO 13616: read as a number, letters as 10 to 35, it leaves 1 when divided by 97. */
function isIban(text: string): boolean {
  let rest = 0;
  for (const character of text.slice(4) + text.slice(0, 4)) {
    for (const digit of String(Number.parseInt(character, 36))) rest = (rest * 10 + Number(digit)) % 97;
  }
  return rest === 1;
}
