/** `npm run demo`: a Dimmer server, a shop that uses it, and somebody at the dimmer. Everything is gone afterwards. */
import { createClient } from '@dimmer/node';
import { BackOffice } from './back-office.ts';
import { DimmerServer } from './dimmer-server.ts';
import { listenToKeys } from './keyboard.ts';
import { Operator } from './operator.ts';
import { readOptions, USAGE } from './options.ts';
import { buildPage } from './page-files.ts';
import { createShop, listen } from './shop.ts';
import { tell, welcome } from './terminal.ts';

const read = readOptions(process.argv.slice(2), process.env);
if (!read.ok) {
  process.stderr.write(`${read.problem}\n\n${USAGE}\n`);
  process.exit(2);
}
const { options } = read;

const server = await DimmerServer.open();
const office = new BackOffice(server.url, server.adminToken);
await office.createFlag();

const flags = createClient({
  url: server.url,
  key: await office.createKey('server'),
  application: 'shop',
  cache: false,
});
await flags.ready();

const operator = new Operator({ office, server, holdMs: options.holdMs, tell });
const page = await buildPage(server.url, await office.createKey('browser'));
const onVisit = options.ramp === 'page' ? () => operator.rampOnce() : () => undefined;
const shop = await listen(createShop({ flags, office, page, dimmerUrl: server.url, onVisit }), options.port);

tell(welcome({ shopUrl: shop.url, office, ramp: options.ramp }));
const stopListening = listenToKeys(process.stdin, operator.keys);
if (options.ramp === 'now') operator.rampOnce();

let closing = false;
async function close(): Promise<void> {
  if (closing) return;
  closing = true;
  stopListening();
  operator.halt();
  await flags.close();
  await shop.close();
  await server.close();
}
process.on('SIGINT', () => void close());
process.on('SIGTERM', () => void close());
