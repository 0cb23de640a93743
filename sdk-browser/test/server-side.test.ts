import { createClient } from '@dimmer/browser';
import { expect, it } from 'vitest';
import { snapshotOf, textFlag } from '../../client/test/fake/rules.ts';

it('on a server that renders the page, the client does not connect and decides by its bootstrap', async () => {
  const flags = createClient({
    url: 'https://flags.example.com',
    key: 'web_x',
    bootstrap: snapshotOf({ text: textFlag('blue') }),
    logger: false,
  });
  expect(await flags.ready()).toEqual({ ready: false, timedOut: false });
  expect(flags.status()).toMatchObject({ state: 'offline', source: 'bootstrap' });
  expect(flags.value('text', 'red')).toBe('blue');
  await flags.close();
});
