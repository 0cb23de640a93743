import { readFileSync } from 'node:fs';
import { createClient } from '@dimmer/node';
import { describe, expect, it } from 'vitest';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

describe('what is said in the log', () => {
  it('has a code that docs/sdk.md explains, and no code is explained that is never said', () => {
    const union = /export type LogCode =([^;]+);/.exec(read('client/src/platform.ts'))?.[1] ?? '';
    const codes = [...union.matchAll(/'([A-Z_]+)'/g)].map((match) => match[1]).sort();
    const section = read('docs/sdk.md').split('## What the log may say')[1]?.split('\n## ')[0] ?? '';
    expect([...section.matchAll(/^\| `([A-Z_]+)`/gm)].map((match) => match[1]).sort()).toEqual(codes);
    expect(codes.length).toBeGreaterThan(5);
  });

  it('says the code, the fix, and what it is about', () => {
    const lines: string[] = [];
    const log = (line: string) => lines.push(line);
    createClient({ url: 'ftp://x', key: 'k', cache: 7, nonsense: 1, logger: { warn: log, error: log } } as never);
    expect(lines).toEqual([
      '[dimmer] OPTION_UNKNOWN: there is no such option; correct its name or remove it (nonsense)',
      '[dimmer] OPTION_INVALID: an option cannot be used and its default stands in; correct it (url: the http or https address of the server, please)',
    ]);
  });

  it('goes nowhere if the caller wants it so, and a logger that throws hurts nobody', () => {
    createClient({ url: '', key: '', logger: false });
    const angry = () => {
      throw new Error('no');
    };
    createClient({ url: '', key: '', logger: { warn: angry, error: angry } });
  });
});
