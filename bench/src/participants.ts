import type { Participant } from './participant.ts';

// Why: decision 0041.
export const PARTICIPANTS: readonly Participant[] = [
  {
    name: 'Dimmer',
    role: 'ours',
    asShipped: true,
    setUp: '@dimmer/node, createClient with a bootstrap text, no server that streams; evaluations counted and reported',
    library: async () => (await import('./peers/dimmer.ts')).dimmer,
  },
  {
    name: 'Dimmer core',
    role: 'ours',
    asShipped: true,
    setUp: 'the same decision without the client around it: no counters, no defaults',
    library: async () => (await import('./peers/dimmer-core.ts')).dimmerCore,
  },
  {
    name: 'Map.get',
    role: 'floor',
    asShipped: true,
    setUp: 'new Map(entries).get(key): what finding a key costs, with nothing decided',
    library: async () => (await import('./peers/bare-map.ts')).bareMap,
  },
  {
    name: 'flagd-core',
    npmPackage: '@openfeature/flagd-core',
    role: 'peer',
    asShipped: true,
    setUp: 'FlagdCore.setConfigurations, default options (targeting compiled to functions)',
    library: async () => (await import('./peers/flagd.ts')).flagd,
  },
  {
    name: 'GrowthBook',
    npmPackage: '@growthbook/growthbook',
    role: 'peer',
    asShipped: true,
    setUp: 'GrowthBookClient.initSync with a payload, no tracking callback',
    library: async () => (await import('./peers/growthbook.ts')).growthbook,
  },
  {
    name: 'Unleash',
    npmPackage: 'unleash-client',
    role: 'peer',
    asShipped: true,
    setUp: 'bootstrap data, in-memory storage, no refresh; metrics as by default',
    library: async () => (await import('./peers/unleash.ts')).unleash,
  },
  {
    name: 'LaunchDarkly',
    npmPackage: '@launchdarkly/node-server-sdk',
    role: 'peer',
    asShipped: true,
    setUp: 'file data source; events as by default, posted to a loopback sink in another process',
    library: async () => (await import('./peers/launchdarkly.ts')).launchdarkly,
  },
  {
    name: 'LaunchDarkly, no events',
    npmPackage: '@launchdarkly/node-server-sdk',
    role: 'peer',
    asShipped: false,
    setUp: 'file data source, sendEvents: false',
    library: async () => (await import('./peers/launchdarkly.ts')).launchdarklyQuiet,
  },
  {
    name: 'ConfigCat',
    npmPackage: '@configcat/sdk',
    role: 'peer',
    asShipped: true,
    setUp: 'manual polling, offline, config from its cache, one snapshot() kept for all calls',
    library: async () => (await import('./peers/configcat.ts')).configcat,
  },
  {
    name: 'statsig-node',
    npmPackage: 'statsig-node',
    role: 'peer',
    asShipped: true,
    setUp: 'bootstrapValues, localMode; exposures as by default',
    library: async () => (await import('./peers/statsig.ts')).statsig,
  },
  {
    name: 'statsig-node, no exposures',
    npmPackage: 'statsig-node',
    role: 'peer',
    asShipped: false,
    setUp: 'bootstrapValues, localMode, disableExposureLogging on every call',
    library: async () => (await import('./peers/statsig.ts')).statsigQuiet,
  },
  {
    name: 'Featurevisor',
    npmPackage: '@featurevisor/sdk',
    role: 'peer',
    asShipped: true,
    setUp: 'createInstance with a datafile, logLevel fatal',
    library: async () => (await import('./peers/featurevisor.ts')).featurevisor,
  },
];

/** Throws if there is no such participant. */
export function findParticipant(name: string): Participant {
  const found = PARTICIPANTS.find((participant) => participant.name === name);
  if (!found)
    throw new Error(`No participant "${name}". There are: ${PARTICIPANTS.map((one) => one.name).join(', ')}.`);
  return found;
}
