/**
 * The page: one SDK client, one wall. Nothing here polls and nothing is pushed past the SDK; a change arrives at
 * `@dimmer/browser`, the wall is decided anew in this browser, and only then the shop is asked what it decides.
 */
import { createClient } from '@dimmer/browser';
import { CUSTOMERS } from '../customers.ts';
import { element } from './element.ts';
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
const follower = new Follower(flags, { canvas, wall, room: new Room(), ledger: new Ledger(), storefront });

letVisitorPoint({ canvas, wall, storefront, follower });
await follower.start();
