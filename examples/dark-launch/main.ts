/**
 * A dark launch: a new price engine runs on real baskets before it prices one, is found wanting, mended, and goes live.
 *
 *   DIMMER_URL=http://127.0.0.1:4400 DIMMER_KEY=sdk_… DIMMER_ADMIN_TOKEN=adm_… npx tsx examples/dark-launch/main.ts
 *
 * Customers ask for prices all the time. What Dimmer has observed in the shadow is printed after each try.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { Admin } from '../scenery/admin.ts';
import { Service } from '../scenery/service.ts';
import { Customers } from './customers.ts';

/** Without a difference among so many, fewer than 1 % differ. */
const ENOUGH_COMPARED = 300;

const from = Date.now();
// The service tells its version, so that what was observed of the first try does not stand against the second.
const deploy = (VERSION: string) => Service.start(new URL('service.ts', import.meta.url), { VERSION });

const launch = await openLaunch('price-engine');
const firstService = await deploy('1');
const customers = new Customers(firstService.url);
let wrong = 0;
// Whatever runs in the dark: nobody may be asked for half a yen.
customers.onPrice = ({ currency, total }) => {
  if (currency === 'JPY' && !Number.isInteger(total)) wrong++;
};

await customers.ask(1_000);
const secondService = await deploy('2');
await moveTo(secondService, firstService);
say(`--- first try ---\n\n${await launch.reportText(from, '1')}`);

await customers.ask(1_000);
// A process that goes tells at once what it has seen; one that stays does so every 10 s.
const lastService = await deploy('2');
await moveTo(lastService, secondService);
while ((await launch.compared(from, '2')).of < ENOUGH_COMPARED) await delay(200);
say(`--- second try ---\n\n${await launch.reportText(from, '2')}`);

for (const live of [10, 50, 100]) {
  await launch.applied(await launch.rollOut({ live, dark: 100 - live }));
  await customers.ask(300);
}
await customers.leave();
await lastService.stop();
say(`--- live ---\n\n${await launch.reportText(from, '2')}`);
say(`${customers.requests} requests, ${customers.failed} failed, ${wrong} prices that nobody can pay`);

/**
 * In the dark for everybody. One machine does all of this at once, so shadows may take more of the time than they should
 * where people wait; the dials say so, to processes that run already as well.
 */
async function openLaunch(key: string): Promise<Admin> {
  const launch = await Admin.open(key, 'launch', { dark: 100 });
  await launch.turn({ maxBusyPercent: 100, maxBlockMs: 1_000, maxLagMs: 1_000, maxPerMinute: 60_000 });
  return launch;
}

/** A deploy: new requests go to the new process; the former answers those that it has. */
async function moveTo(service: Service, former: Service): Promise<void> {
  customers.url = service.url;
  await customers.ask(10);
  await former.stop();
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
