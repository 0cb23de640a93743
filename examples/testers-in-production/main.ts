/**
 * Testers in production: new code is live on the real site, but only a segment of people meets it.
 *
 *   DIMMER_URL=http://127.0.0.1:4400 DIMMER_ADMIN_TOKEN=adm_… sh examples/testers-in-production/setup.sh
 *   DIMMER_URL=http://127.0.0.1:4400 DIMMER_KEY=sdk_… npx tsx examples/testers-in-production/main.ts
 *
 * The application does not know who is a tester. It says who is asking; the segment decides.
 */
import { createClient } from '@dimmer/node';

const flags = createClient({
  url: process.env.DIMMER_URL ?? 'http://127.0.0.1:4400',
  key: process.env.DIMMER_KEY ?? '',
  application: 'testers-in-production',
});

const visitors = [
  { targetingKey: 'ada', email: 'ada@example.com' },
  { targetingKey: 'grace', email: 'grace@mail.example' },
  { targetingKey: 'linus', email: 'linus@mail.example' },
  { targetingKey: 'anonymous' },
];

await flags.ready();
for (const visitor of visitors) {
  const { value, reason } = flags.evaluate('new-search', false, visitor);
  process.stdout.write(`${visitor.targetingKey}: ${value ? 'new search' : 'old search'} (${reason})\n`);
}
await flags.close();
