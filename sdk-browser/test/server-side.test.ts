import { createClient } from '@dimmer/browser';
import { createClient as createLaunchingClient } from '@dimmer/browser/launch';
import { expect, it } from 'vitest';
import { snapshotOf, textFlag } from '../../client/test/fake/rules.ts';
import { launchFlag } from '../../client/test/fake/shadow-stage.ts';

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

it('there a launch in the dark answers control, and casts no shadow: no page is looked at', async () => {
  const bootstrap = snapshotOf({ engine: launchFlag('dark') });
  const flags = createLaunchingClient({ url: '', key: '', bootstrap, logger: false });
  const candidate = () => {
    throw new Error('not here');
  };
  expect(flags.launch('engine', { targetingKey: 'ann' }, { control: () => 1, candidate })).toBe(1);
  await flags.shadowsSettled();
  await flags.close();
});
