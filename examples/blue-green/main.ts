/**
 * Blue-green by a flag: a front door sends a share of sticky visitors to the green stack, and all back in one act.
 *
 *   DIMMER_URL=http://127.0.0.1:4400 DIMMER_KEY=sdk_… DIMMER_ADMIN_TOKEN=adm_… npx tsx examples/blue-green/main.ts
 *
 * Starts both stacks and the door, lets 250 visitors come and go all the time, turns the flag, and prints what they met.
 */
import { Admin } from '../scenery/admin.ts';
import { Service } from '../scenery/service.ts';
import { Visitors } from './visitors.ts';

const stack = (COLOUR: string) => Service.start(new URL('stack.ts', import.meta.url), { COLOUR });

const flag = await Admin.open('green-stack', 'boolean', { percent: 0 });
const [blue, green] = await Promise.all([stack('blue'), stack('green')]);
const door = await Service.start(new URL('front-door.ts', import.meta.url), { BLUE: blue.url, GREEN: green.url });
const visitors = new Visitors(door.url);

const welcome = await fetch(door.url);
say(`a new visitor is given ${welcome.headers.get('set-cookie')?.replace(/=.*/, '')}=…`);

for (const percent of [0, 10, 50, 100]) {
  const met = await visitors.metAt(await flag.rollOut({ percent }));
  say(`${`${percent} %`.padStart(5)}: ${met.percent.toFixed(1)} % met green`);
}
say(`${visitors.moves('green', 'blue')} went from green to blue on the way up`);

const killedAt = performance.now();
const killed = await flag.kill('Green answers in the wrong colour');
const met = await visitors.metAt(killed);
say(`killed: ${met.percent.toFixed(1)} % met green`);

await green.kill();
await visitors.metAt(killed);
say(`green is dead: ${visitors.failed} requests have failed`);

// Somebody sends visitors to a stack that is not there.
await visitors.metAt(await flag.restore({ percent: 10 }));
say(`${count(({ insteadOfGreen }) => insteadOfGreen) > 0 ? 'blue' : 'nobody'} stands in for a green that refuses`);
await flag.rollOut({ percent: 0 });

await visitors.leave();
await door.stop();
await blue.stop();
const late = visitors.visits.filter(({ stack, began }) => stack === 'green' && began > killedAt);
const lastMs = late.reduce((last, { began }) => Math.max(last, began - killedAt), 0);
say(`the last request that reached green began ${lastMs.toFixed(0)} ms after the kill was asked for`);
say(`${visitors.visits.length} requests, ${visitors.failed} failed`);

function count(matches: (visit: (typeof visitors.visits)[number]) => boolean): number {
  return visitors.visits.filter(matches).length;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
