import { describe, expect, it } from 'vitest';
import { isStrong, passwordRules } from '../src/access/password-rules.ts';
import { signInWords } from '../src/access/sign-in-words.ts';
import { ServerError } from '../src/api/request.ts';

describe('the rules for a password', () => {
  it('wants twelve characters to a hundred and twenty-eight, however they are made up', () => {
    expect(isStrong('correct horse', 'ann@shop.example')).toBe(true);
    expect(isStrong('correct hor', 'ann@shop.example')).toBe(false);
    expect(isStrong(`${'correct horse '.repeat(9)}ab`, 'ann@shop.example')).toBe(true);
    expect(isStrong('correct horse '.repeat(10), 'ann@shop.example')).toBe(false);
  });

  it('counts characters as people do', () => {
    expect(passwordRules('💡🔦🕯🔌🪔⚡️☀️🌙', '').find(({ text }) => text.startsWith('12'))?.isMet).toBe(false);
  });

  it('refuses the same few characters, and little more than the address', () => {
    expect(isStrong('abababababababab', 'ann@shop.example')).toBe(false);
    expect(isStrong('annika.berg12', 'Annika.Berg@shop.example')).toBe(false);
    expect(isStrong('annika.berg and her dog', 'annika.berg@shop.example')).toBe(true);
  });

  it('has met nothing before anything is typed, but has no objection to an address that is not known yet', () => {
    expect(passwordRules('', '').every(({ isMet }) => !isMet)).toBe(true);
    expect(isStrong('correct horse', '')).toBe(true);
  });
});

describe('what went wrong at the door, in words', () => {
  const wordsOf = (status: number, code: string) => signInWords(new ServerError(status, { code, message: 'x' }));

  it('does not say which of address and password was wrong', () => {
    expect(wordsOf(401, 'INVALID_EMAIL_OR_PASSWORD')?.title).toBe('Address and password do not fit together.');
  });

  it('knows disabled accounts and too many tries, whatever the code of the latter', () => {
    expect(wordsOf(403, 'PERSON_DISABLED')?.title).toBe('This account has been disabled.');
    expect(wordsOf(429, 'SERVER_UNREACHABLE')?.title).toBe('Too many tries.');
  });

  it('leaves everything else to the server’s own words', () => {
    expect(wordsOf(500, 'INTERNAL')).toBeNull();
    expect(wordsOf(400, 'constructor')).toBeNull();
    expect(signInWords(new Error('x'))).toBeNull();
  });
});
