/**
 * The page: one SDK client, one wall. Nothing here polls and nothing is pushed past the SDK; a change arrives at
 * `@dimmer/browser`, the wall is decided anew in this browser, and only then the shop is asked what it decides.
 */
import { createClient } from '@dimmer/browser';
import { CUSTOMERS } from '../customers.ts';
import { element } from './element.ts';
import { Fader } from './fader.ts';
import { Follower } from './follower.ts';
import { Ledger } from './ledger.ts';
import { Room } from './room.ts';
import { Storefront } from './storefront.ts';
import { letVisitorPoint } from './visitor.ts';
import { Wall } from './wall.ts';

const { url = '', key = '' } = document.body.dataset;
const flags = createClient({ url, key, application: 'shop-page' });

const canvas = element('wall', HTMLCanvasElement);
const wall = new Wall(element('wall-frame', HTMLElement), canvas, CUSTOMERS.length);
const storefront = new Storefront((index) => wall.choose(index));
const room = new Room(new Fader(askForShare));
const follower = new Follower(flags, { canvas, wall, room, ledger: new Ledger(), storefront });

letVisitorPoint({ canvas, wall, storefront, follower });
await follower.start();

/** Asks the back office; what comes of it is seen as everybody sees it. Answers whether it was done. */
async function askForShare(percent: number): Promise<boolean> {
  const response = await fetch('/api/share', {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ percent }),
  }).catch(() => undefined);
  return response?.ok ?? false;
}
