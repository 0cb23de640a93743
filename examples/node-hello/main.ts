/**
 * Hello from Node: one flag, asked for one user, followed while it changes.
 *
 *   DIMMER_URL=http://127.0.0.1:4400 DIMMER_KEY=sdk_… npx tsx examples/node-hello/main.ts ada
 *
 * The flag is a boolean named `greeting`. Ramp it or kill it meanwhile, and watch the line change.
 */
import { createClient } from '@dimmer/node';

const flags = createClient({
  url: process.env.DIMMER_URL ?? 'http://127.0.0.1:4400',
  key: process.env.DIMMER_KEY ?? '',
  application: 'node-hello',
});

const user = { targetingKey: process.argv[2] ?? 'ada' };

function greet(): void {
  const words = flags.isEnabled('greeting', user) ? 'Hello in new light' : 'Hello';
  process.stdout.write(`${words}, ${user.targetingKey}.\n`);
}

// Never rejects: without a server, the last known rules decide, and without those, the defaults.
await flags.ready();
greet();
flags.on('change', ({ keys }) => {
  if (keys.includes('greeting')) greet();
});

// The SDK keeps no process alive that has nothing else to do, and this one has not.
const waiting = setInterval(() => undefined, 60_000);

process.once('SIGINT', () => {
  clearInterval(waiting);
  void flags.close();
});
