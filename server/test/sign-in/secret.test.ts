import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SecretError, secretBeside } from '../../src/sign-in/secret.ts';

let folder = '';
let file = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dimmer-secret-'));
  file = join(folder, 'dimmer.db');
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('The secret beside a database', () => {
  it('is made once, for one user’s eyes, and nothing else is left behind', () => {
    const secret = secretBeside(file);
    expect(secret).toMatch(/^[\w-]{43}$/);
    expect(secretBeside(file)).toBe(secret);
    expect(readdirSync(folder)).toEqual(['dimmer.db.secret']);
    expect(statSync(`${file}.secret`).mode & 0o777).toBe(0o600);
  });

  it.each([
    ['', 'is empty'],
    [' \n\n', 'is empty'],
    ['hunter2\n', 'has only 7 characters'],
  ])('is refused if it reads %j, with what to do', (text, problem) => {
    writeFileSync(`${file}.secret`, text);
    expect(() => secretBeside(file)).toThrow(SecretError);
    expect(() => secretBeside(file)).toThrow(problem);
    expect(() => secretBeside(file)).toThrow('Or delete it');
    expect(readFileSync(`${file}.secret`, 'utf8')).toBe(text);
  });

  it('is refused if it cannot be read, with what to do', () => {
    expect(() => secretBeside(join(folder, 'missing', 'dimmer.db'))).toThrow(/DIMMER_AUTH_SECRET/);
  });

  it('is closed to others if somebody has opened it', () => {
    const secret = secretBeside(file);
    chmodSync(`${file}.secret`, 0o644);
    expect(secretBeside(file)).toBe(secret);
    expect(statSync(`${file}.secret`).mode & 0o777).toBe(0o600);
  });

  it('is taken over from beside the link that an older version was started by', () => {
    const named = join(folder, 'link.db');
    writeFileSync(`${named}.secret`, 'a secret of an older version, long enough\n');
    expect(secretBeside(file, named)).toBe('a secret of an older version, long enough');
    rmSync(`${named}.secret`);
    expect(secretBeside(file, named)).toBe('a secret of an older version, long enough');
  });
});
