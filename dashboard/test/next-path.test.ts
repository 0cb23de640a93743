import { describe, expect, it } from 'vitest';
import { nextPath } from '../src/pages/sign-in/next-path.ts';

describe('where to go after signing in', () => {
  it.each(['/projects/shop/flags', '/projects/shop/kill?environment=production', '/audit#last', '/'])(
    'goes to a path of this origin: %s',
    (next) => expect(nextPath(next)).toBe(next),
  );

  it.each([
    null,
    '',
    'projects',
    'https://evil.example/',
    '//evil.example/',
    '///evil.example/',
    '/\\evil.example/',
    '\\\\evil.example',
    '/\t/evil.example',
    '/\n//evil.example',
    '/.//evil.example',
    '/a/..//evil.example',
    'javascript:alert(1)',
    ' /projects',
    '/%0a/../\u0000',
  ])('goes to the beginning instead of %j', (next) => expect(nextPath(next)).toBe('/'));

  it('does not go round in circles', () => {
    expect(nextPath('/sign-in?next=/sign-in')).toBe('/');
    expect(nextPath('/link')).toBe('/');
  });
});
