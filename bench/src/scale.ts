/**
 * How long a change takes through a tree of relays: `npm run bench:scale`. A simulation, fed with what was measured of
 * one server (docs/benchmarks.md): the time of a hop, and the CPU that a fan-out takes for each stream. It draws the way
 * of a sample of clients: at each level the wait until the loop has come to its stream, and the hop itself.
 */
import { markdownTable } from './markdown.ts';
import { median, percentile } from './measure.ts';

/** From the commit at the origin to an SDK, and what a relay adds: p50 and p99, ms (bench:nodes). */
const ORIGIN_MS = { p50: 5.2, p99: 11.7 };
const RELAY_MS = { p50: 1.5, p99: 9.2 };
/** CPU for each stream of a fan-out, ms (bench:fanout). */
const EACH_MS = 0.011;
/** Between machines and regions, ms: the round trip is twice that. */
const REGION_MS = 40;
const STREAMS = 10_000;
const PATCH_BYTES = 600;
const SAMPLES = 200_000;

/** A draw from a log-normal distribution with this median and 99th percentile. */
function draw({ p50, p99 }: { readonly p50: number; readonly p99: number }): number {
  const sigma = Math.log(p99 / p50) / 2.326;
  const normal = Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
  return p50 * Math.exp(sigma * normal);
}

/** The time from the commit to one client below so many levels of relays, each with a full house. */
function wayMs(levels: number, fanOut: number): number {
  let sum = draw(ORIGIN_MS) + REGION_MS;
  for (let level = 0; level <= levels; level += 1) {
    if (level > 0) sum += draw(RELAY_MS) + REGION_MS / 4;
    sum += Math.random() * (level === levels ? STREAMS : fanOut) * EACH_MS;
  }
  return sum;
}

const plans = [
  { clients: 10_000, levels: 0 },
  { clients: 100_000, levels: 1 },
  { clients: 1_000_000, levels: 1 },
  { clients: 10_000_000, levels: 1 },
  { clients: 100_000_000, levels: 2 },
];
const rows = plans.map(({ clients, levels }) => {
  const leaves = Math.ceil(clients / STREAMS);
  // A level in between so that no relay feeds more than a few hundred others: those are worth a fast fan-out.
  const fanOut = levels < 2 ? leaves : Math.ceil(Math.sqrt(leaves));
  const servers = levels === 0 ? leaves : levels === 1 ? leaves + 1 : leaves + fanOut + 1;
  const samples = Array.from({ length: SAMPLES }, () => wayMs(levels, fanOut));
  return [
    clients.toLocaleString('en'),
    String(levels),
    servers.toLocaleString('en'),
    `${median(samples).toFixed(0)} ms`,
    `${percentile(samples, 0.99).toFixed(0)} ms`,
    `${((clients * PATCH_BYTES) / 1e9).toFixed(clients < 10_000_000 ? 3 : 0)} GB`,
    `${(((clients / 15) * 90) / 1e6).toFixed(1)} MB/s`,
  ];
});
process.stdout.write(
  `${markdownTable(['SDKs', 'levels of relays', 'servers', 'change p50', 'change p99', 'one change', 'pings'], rows)}\n`,
);
