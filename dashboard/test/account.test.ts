import { describe, expect, it } from 'vitest';
import { browserName } from '../src/pages/account/browser-name.ts';
import { grantsSentence } from '../src/sentences/grants-sentence.ts';

describe('a browser by name', () => {
  it.each([
    ['Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0', 'Firefox on Linux'],
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 Edg/141.0',
      'Edge on Windows',
    ],
    [
      'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36',
      'Chrome on Android',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1',
      'Safari on iPhone',
    ],
    ['<img src=x onerror=alert(1)>', 'An unknown browser'],
    [null, 'An unknown browser'],
  ])('%s', (userAgent, name) => expect(browserName(userAgent)).toBe(name));
});

describe('what somebody may do, in words', () => {
  it('says role and reach', () => {
    expect(
      grantsSentence([
        { role: 'admin', project: null, environment: null },
        { role: 'editor', project: 'shop', environment: null },
        { role: 'operator', project: 'shop', environment: 'production' },
      ]),
    ).toBe('admin in all projects, editor in shop, operator in shop (production only)');
  });

  it('says so if it is nothing', () => expect(grantsSentence([])).toBe('nothing yet'));
});
