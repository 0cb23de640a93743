/**
 * A hundred secrets, none of which a sample may show. All are made up, and put together from parts here, so that nobody
 * who looks for secrets in sources finds one.
 */
import { describe, expect, it } from 'vitest';
import { isSecretName } from '../../src/launch/redact.ts';
import { sampleText } from '../../src/launch/sample-text.ts';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
const DIGITS = '0123456789';
const HEX = `${DIGITS}abcdef`;
const ANY = `${LETTERS}${LETTERS.toUpperCase()}${DIGITS}`;

/** So many characters that look random, always the same. */
function some(length: number, alphabet = ANY): string {
  let state = length;
  return Array.from({ length }, () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return alphabet[Math.floor(state / 65_536) % alphabet.length];
  }).join('');
}

const of = (...parts: string[]) => parts.join('');
const base64 = (text: string) => Buffer.from(text).toString('base64');

/** Anywhere in a text. */
const TOKENS: readonly [string, string][] = [
  ['JSON web token', of('ey', 'J', some(20), '.ey', 'J', some(30), '.', some(43))],
  ['private key', of('-----BEGIN ', 'RSA PRIVATE KEY-----\n', some(64))],
  ['private key of OpenSSH', of('-----BEGIN ', 'OPENSSH PRIVATE KEY-----\n', some(64))],
  ['age', of('AGE-SECRET', '-KEY-1', some(58, ANY.toUpperCase()))],
  ['Bearer', of('Bear', 'er ', some(24))],
  ['bearer, opaque', of('Bear', 'er ', some(12, LETTERS), '-', some(4, DIGITS))],
  ['Basic', of('Ba', 'sic ', base64('ann:hunter2'))],
  ['Basic, letters only', of('Ba', 'sic ', 'YnVkOkxhc')],
  ['Amazon, long-lived', of('AK', 'IA', some(16, DIGITS + LETTERS.toUpperCase()))],
  ['Amazon, for a while', of('AS', 'IA', some(16, DIGITS + LETTERS.toUpperCase()))],
  ['Amazon, role', of('AR', 'OA', some(16, DIGITS + LETTERS.toUpperCase()))],
  ['Amazon, the secret itself', of(some(20), '/', some(17), '9Z')],
  ['Google, API', of('AI', 'za', some(35))],
  ['Google, OAuth', of('ya', '29.', some(40))],
  ['Google, client', of('GOC', 'SPX-', some(28))],
  ['Google, refresh', of('1/', '/0', some(40))],
  ['Azure, client', of('a1B8', 'Q~', some(34))],
  ['Azure, storage', of('Account', 'Key=', some(86), '==')],
  ['GitHub, personal', of('gh', 'p_', some(36))],
  ['GitHub, OAuth', of('gh', 'o_', some(36))],
  ['GitHub, server', of('gh', 's_', some(36))],
  ['GitHub, refresh', of('gh', 'r_', some(36))],
  ['GitHub, fine-grained', of('github', '_pat_', some(22), '_', some(59))],
  ['GitLab', of('gl', 'pat-', some(20))],
  ['GitLab, runner', of('gl', 'rt-', some(20))],
  ['Atlassian', of('ATA', 'TT3', some(40))],
  ['npm', of('np', 'm_', some(36))],
  ['PyPI', of('py', 'pi-', some(40))],
  ['Docker', of('dckr', '_pat_', some(27))],
  ['Vault', of('hv', 's.', some(24))],
  ['Slack, bot', of('xo', 'xb-', some(12, DIGITS), '-', some(24))],
  ['Slack, person', of('xo', 'xp-', some(12, DIGITS), '-', some(24))],
  ['Slack, app', of('xa', 'pp-', '1-', some(10), '-', some(24))],
  ['Slack, web hook', of('https://hooks.sl', 'ack.com/services/T', some(8), '/B', some(8), '/', some(24))],
  ['Discord, web hook', of('https://discord.com/api/web', 'hooks/', some(18, DIGITS), '/', some(40))],
  ['Telegram', of(some(9, DIGITS), ':A', 'A', some(33))],
  ['Twilio', of('S', 'K', some(32, HEX))],
  ['SendGrid', of('S', 'G.', some(22), '.', some(43))],
  ['Mailgun', of('ke', 'y-', some(32, HEX))],
  ['Mailchimp', of(some(32, HEX), '-u', 's12')],
  ['Stripe, live', of('sk', '_live_', some(24))],
  ['Stripe, test', of('sk', '_test_', some(24))],
  ['Stripe, restricted', of('rk', '_live_', some(24))],
  ['Stripe, web hook', of('wh', 'sec_', some(32))],
  ['Square', of('sq0', 'csp-', some(43))],
  ['Shopify', of('shp', 'at_', some(32, HEX))],
  ['Facebook', of('EA', 'A', some(60))],
  ['OpenAI', of('sk', '-proj-', some(48))],
  ['Anthropic', of('sk', '-ant-', some(48))],
  ['Hugging Face', of('h', 'f_', some(34))],
  ['Databricks', of('da', 'pi', some(32, HEX))],
  ['DigitalOcean', of('do', 'p_v1_', some(64, HEX))],
  ['Linear', of('lin', '_api_', some(40))],
  ['Postman', of('PM', 'AK-', some(24, HEX), '-', some(34, HEX))],
  ['New Relic', of('NR', 'AK-', some(27))],
  ['Dropbox', of('s', 'l.', some(60))],
  ['Airtable', of('pa', 't', some(14), '.', some(64, HEX))],
  ['our own', of('sd', 'k_', some(24))],
  ['card', of('4111', ' 1111 1111 ', '1111')],
  ['card, in one', of('5500', '00555555', '5559')],
  ['account', of('DE89', ' 3704 0044 0532 ', '0130 00')],
  ['social security', of('078', '-05-', '1120')],
  ['e-mail', of('ann.smith+tag', '@', 'example.co.uk')],
  ['e-mail, encoded', of('ann.smith', '%40', 'example.co.uk')],
];

const WORD = of('hunt', 'er2');

/** Texts in which a word is secret for what it stands beside. */
const WITHIN_TEXTS: readonly [string, string][] = [
  ['JSON', `{"user":{"pass${''}word":"${WORD}"},"n":1}`],
  ['JSON in JSON', JSON.stringify(JSON.stringify({ password: WORD, n: 1 }))],
  ['JSON, a whole object', `{"credentials":{"user":"${WORD}","list":["${WORD}"]}}`],
  ['JSON, a list', `{"tokens":["${WORD}","${WORD}"]}`],
  ['a number in JSON', `{"pin": ${some(4, DIGITS)}7351}`.replace(/\d+/, '735100')],
  ['what is printed of an object', `{ apiKey: '${WORD}', n: 1 }`],
  ['a form', `user=ann&password=${WORD}&n=1`],
  ['a form, the name with brackets', `user[password]=${WORD}&n=1`],
  ['parameters of an address', `https://a.example/x?api_key=${WORD}&n=1`],
  ['parameters that are short', `https://a.example/x?key=${WORD}`],
  ['parameters, signed', `https://a.example/x?X-Amz-Signature=${WORD}&n=1`],
  ['an address within an address', `https://a.example/?to=https%3A%2F%2Fb.example%3Ftoken%3D${WORD}%26n%3D1`],
  ['an address with a password', `postgres://ann:${WORD}@db.example:5432/shop`],
  ['an address with a password that has an @', `postgres://ann:x@${WORD}@db.example/shop`],
  ['an address with a user only', `https://${WORD}@a.example/x`],
  ['an address for a driver', `ann:${WORD}@tcp(db:3306)/shop`],
  ['a fragment', `https://a.example/#access_token=${WORD}`],
  ['a path', `https://a.example/reset-password/${WORD}?n=1`],
  ['a header', `Authorization: Custom ${WORD}`],
  ['cookies', `Cookie: theme=dark; sid=${WORD}`],
  ['a cookie that is set', `Set-Cookie: sid=${WORD}; HttpOnly`],
  ['a line of a log', `login failed user=ann password=${WORD} after 3 ms`],
  ['a line of settings', `DB_PASSWORD=${WORD}`],
  ['YAML', `smtp:\n  password: ${WORD}\n  port: 25`],
  ['a tag', `<Password>${WORD}</Password>`],
  ['an option', `mysql --user=ann --password=${WORD} shop`],
  ['a sentence', `the password is ${WORD}, said the server`],
  ['a sentence with quotes', `wrong password "${WORD}" for ann`],
  ['a sentence without', `invalid session ${WORD}`],
  ['an address without a user', `redis://:${WORD}@cache:6379`],
  ['settings of a connection', `Server=db;User Id=ann;Password=${WORD};`],
];

/** Objects in which a word is secret for the name that it stands under. */
const BY_NAMES: readonly [string, unknown][] = [
  ['a field', { password: WORD }],
  ['below a field', { credentials: { primary: { value: WORD } } }],
  ['in a list below a field', { recoveryCodes: [WORD] }],
  ['a map', new Map([['session', { id: WORD }]])],
  ['headers', new Headers({ 'X-Api-Key': WORD })],
  ['a form', new URLSearchParams({ password: WORD })],
  ['an address', new URL(`https://ann:${WORD}@a.example/`)],
  ['named beside it', { name: 'password', value: WORD }],
  ['a pair', ['Authorization', WORD]],
  ['names and values by turns', { rawHeaders: ['Host', 'a.example', 'Cookie', WORD] }],
  ['the message of an error', new Error(`cannot log in with password=${WORD}`)],
  ['a key of an object', { [of('sk', '_live_', some(24))]: 1 }],
];

describe('a sample shows no secret', () => {
  it('of a hundred and more', () => {
    expect(TOKENS.length + WITHIN_TEXTS.length + BY_NAMES.length).toBeGreaterThanOrEqual(100);
  });

  it.each(TOKENS)('that looks like one: %s', (_, secret) => {
    for (const value of [secret, { note: `see ${secret}, there` }, [[secret]], new Map([['a', `"${secret}"`]])]) {
      const text = sampleText(value);
      expect(text).toContain('[redacted]');
      expect(text).not.toContain(secret.slice(-8));
      expect(text).not.toContain(secret.slice(-16, -8));
    }
  });

  it.each(WITHIN_TEXTS)('within a text: %s', (_, text) => {
    expect(sampleText(text)).not.toMatch(/hunter2|735100/);
    expect(sampleText({ message: text })).not.toMatch(/hunter2|735100/);
  });

  it.each(BY_NAMES)('by names: %s', (_, value) => {
    const text = sampleText(value);
    expect(text).toContain('[redacted]');
    expect(text).not.toMatch(/hunter2/);
  });

  it.each(
    `password newPassword user_passwd passphrase passcode api-key apiKey X-API-Key accessToken refresh_token Authorization
    Proxy-Authorization Set-Cookie clientSecret sessionId JSESSIONID connect.sid cardNumber cvv cvc2 IBAN ssn email e-mail
    contactEmail phoneNumber pin otp dateOfBirthday privateKey signing_key AWS_SECRET_ACCESS_KEY SharedAccessKey
    connectionString signature sig jwt csrfToken taxId passportNumber recoveryCodes webhookUrl deployKey STRIPE_KEY seedPhrase`.split(
      /\s+/,
    ),
  )('by the name %s, and in whatever is below it', (name) => {
    expect(sampleText({ [name]: WORD })).not.toContain(WORD);
    expect(sampleText(WORD, [name])).toBe('"[redacted]"');
    expect(sampleText(WORD, ['user', name, 'value'])).toBe('"[redacted]"');
  });

  it('by the application’s own names, also within texts', () => {
    const ours = ['NickName', /^inner/];
    expect(sampleText({ nickname: 'x1', innerCode: 'x2' }, [], ours)).not.toMatch(/x1|x2/);
    expect(sampleText('nickname=x1&innerCode=x2', [], ours)).not.toMatch(/x1|x2/);
    expect(sampleText({ a: 'x1' }, [], [null as unknown as RegExp])).toContain('x1');
  });

  it('nor the beginning of one that is cut off', () => {
    const secret = of('gh', 'p_', some(36));
    for (let length = 440; length < 500; length += 5) {
      expect(sampleText(`${'x '.repeat(length / 2)} ${secret}`)).not.toContain(secret.slice(0, 8));
    }
  });
});

describe('a sample shows what is no secret', () => {
  it.each([
    'the total is 5',
    '10:30:15',
    'a: b, c: d',
    'author: ann',
    '2026-11-30T12:00:00.000Z',
    '3f2504e0-4f89-11d3-9a0c-0305e82c3301',
    'da39a3ee5e6b4b0d3255bfef95601890afd80709',
    '4111111111111112',
    'https://a.example/users/5?page=2&sort=name',
    'basic information about the bearer of news',
    'Error: connect ECONNREFUSED 127.0.0.1:5432',
    '{"price":5,"currency":"EUR"}',
    'npm run build',
    'Basic Information, and a Token of thanks',
    '@scope/package@1.2.3',
  ])('%s', (text) => {
    expect(JSON.parse(sampleText(text))).toBe(text);
  });

  it.each([
    'price',
    'compass',
    'pinned',
    'opinion',
    'total',
    'description',
    'author',
    'span',
    'emailed',
    'key',
    'code',
  ])('under the name %s', (name) => {
    expect(isSecretName(name)).toBe(false);
    expect(sampleText({ [name]: WORD })).toContain(WORD);
  });
});
