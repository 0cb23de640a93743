import { readFileSync } from 'node:fs';
import { createClient } from '@dimmer/node';
import { describe, expect, it, onTestFinished, vi } from 'vitest';

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

  it('names a proxy of the environment that cannot be used, once, and connects directly', async () => {
    vi.stubEnv('HTTP_PROXY', 'socks5://user:secret@proxy.test:1080');
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    const lines: string[] = [];
    const log = (line: string) => lines.push(line);
    const client = createClient({
      url: 'http://flags.invalid',
      key: 'k',
      cache: false,
      logger: { warn: log, error: log },
    });
    await client.close();
    const said = lines.filter((line) => line.includes('PROXY'));
    expect(said).toEqual([expect.stringContaining('[dimmer] PROXY_UNUSABLE: HTTP_PROXY names a socks5 proxy')]);
    expect(said.join()).not.toContain('secret');
  });

  it('goes nowhere if the caller wants it so, and a logger that throws hurts nobody', () => {
    createClient({ url: '', key: '', logger: false });
    const angry = () => {
      throw new Error('no');
    };
    createClient({ url: '', key: '', logger: { warn: angry, error: angry } });
  });
});
