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
// Each try is a launch of its own, so that what was observed of the first does not stand against the second.
const deploy = (TRY: string) =>
  Service.start(new URL('service.ts', import.meta.url), { FLAG: `price-engine-${TRY}`, TRY });

const first = await openLaunch('price-engine-1');
const firstService = await deploy('1');
const customers = new Customers(firstService.url);
let wrong = 0;
// Whatever runs in the dark: nobody may be asked for half a yen.
customers.onPrice = ({ currency, total }) => {
  if (currency === 'JPY' && !Number.isInteger(total)) wrong++;
};

await customers.ask(1_000);
const second = await openLaunch('price-engine-2');
const secondService = await deploy('2');
await moveTo(secondService, firstService);
say(`--- first try ---\n\n${await first.reportText(from)}`);
await first.rollOut({ dark: 0 });

await customers.ask(1_000);
// A process that goes tells at once what it has seen; one that stays does so every 10 s.
const lastService = await deploy('2');
await moveTo(lastService, secondService);
while ((await second.compared(from)).of < ENOUGH_COMPARED) await delay(200);
say(`--- second try ---\n\n${await second.reportText(from)}`);

for (const live of [10, 50, 100]) {
  await second.applied(await second.rollOut({ live, dark: 100 - live }));
  await customers.ask(300);
}
await customers.leave();
await lastService.stop();
say(`--- live ---\n\n${await second.reportText(from)}`);
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
