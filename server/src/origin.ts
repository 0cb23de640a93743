import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { fileURLToPath } from 'node:url';
import { revisionIn } from '@dimmer/core/ruleset-id';
import type { Grant } from './access/can.ts';
import { credentialNow } from './access/credential-now.ts';
import { hashSecret } from './access/token.ts';
import { adoptTokens } from './adopt-tokens.ts';
import { actorOf } from './api/carry-out.ts';
import { ChangeRequestSchedule } from './api/change-request-schedule.ts';
import { ChangeStreams } from './api/change-stream.ts';
import { referencePage } from './api/reference-page.ts';
import { apiOf } from './api/replay.ts';
import { createApp } from './app.ts';
import { auditLine } from './change-log/audit-line.ts';
import { ChangeLog } from './change-log/change-log.ts';
import { Seals } from './change-log/seals.ts';
import type { Config } from './config.ts';
import { Evaluations } from './evaluations/evaluations.ts';
import { makeFirstStart } from './first-start.ts';
import { ReadinessCheck } from './health/readiness.ts';
import { clientAddresses } from './http/client-address.ts';
import { dashboardFiles } from './http/dashboard-files.ts';
import { hubLimits } from './hub/file-limit.ts';
import { Hub } from './hub/hub.ts';
import { InstanceRegistry } from './instances/instance-registry.ts';
import { Propagations } from './instances/propagations.ts';
import { KeyUses } from './keys/key-uses.ts';
import { Launches } from './launches/launches.ts';
import type { Logger } from './logger.ts';
import { metricsReaders } from './metrics/may-read-metrics.ts';
import { Metrics } from './metrics/metrics.ts';
import { Peers } from './nodes/peers.ts';
import { SharedInstances } from './nodes/shared-instances.ts';
import type { Role } from './role.ts';
import { LogRulesets } from './ruleset/log-rulesets.ts';
import { RulesetView } from './ruleset/ruleset-view.ts';
import { largestRulesets, watchWeights } from './ruleset/watch-weights.ts';
import { EventLimit } from './sdk/event-limit.ts';
import { countEvents } from './sdk/event-sink.ts';
import { localKeys } from './sdk/key-gate.ts';
import type { Passwords } from './sign-in/passwords.ts';
import { People } from './sign-in/people.ts';
import { secretBeside } from './sign-in/secret.ts';
import { SignIn } from './sign-in/sign-in.ts';
import { openStorage, type Storage } from './store/storage.ts';
import { VERSION } from './version.ts';

const LAGGING_MS = 1_000;

/** Beside the bundle of the server, where `npm run build` puts it. */
const DASHBOARD = fileURLToPath(new URL('./dashboard', import.meta.url));
const REFERENCE = fileURLToPath(new URL('./reference', import.meta.url));

interface World {
  readonly logger: Logger;
  /** Ms since 1970. */
  readonly now: () => number;
  /** Where this server listens, as soon as it does. */
  readonly listeningAt: () => string;
  readonly passwords: Passwords;
  /** Gets each change as a line. */
  readonly audit: (line: string) => void;
}

/**
 * Origin server: a server with a database, which keeps flags and their history, and makes all rulesets.
 *
 * @throws StoreError if the database cannot be used (another server has it, a newer version wrote it, …)
 */
export async function openOrigin(config: Config, world: World): Promise<Role> {
  const storage = await openStorage(config.database, world.logger);
  try {
    return await assemble(config, storage, world);
  } catch (error) {
    await storage.store.close();
    throw error;
  }
}

async function assemble(
  config: Config,
  storage: Storage,
  { logger, now, listeningAt, passwords, audit }: World,
): Promise<Role> {
  const { store, shared } = storage;
  const changeLog = await ChangeLog.open(store, {
    clock: now,
    seals: config.auditKey === null ? null : new Seals(config.auditKey),
    onListenerError: (error) => logger.error('A change was not passed on', { error: String(error) }),
  });
  const { state } = changeLog;
  storage.onForeignWrites(() => void changeLog.catchUp().catch(() => {}));
  const node = `${hostname()}-${randomBytes(4).toString('hex')}`;
  const metrics = new Metrics();
  const rulesets = new LogRulesets(changeLog, (scope) => new RulesetView(state, scope));
  const hub = new Hub(rulesets, { ...hubLimits(config, logger), now, observer: metrics });

  const sharedInstances = shared && new SharedInstances({ database: shared.database, node, logger });
  const registry = new InstanceRegistry(now, node, (...news) => sharedInstances?.note(...news));
  const propagations = new Propagations({ changeLog, registry, shared: sharedInstances });
  const peers =
    shared &&
    sharedInstances &&
    new Peers({
      ...shared,
      node,
      version: VERSION,
      changeLog,
      instances: sharedInstances,
      now,
      logger,
      tellAll: () => registry.noteAll(),
    });
  const isOurs = (work: string) => peers?.holds(work) ?? Promise.resolve(true);

  const evaluations = new Evaluations({
    store: storage.evaluations,
    knowsFlag: (project, flag) => state.flag(project, flag) !== undefined,
    knowsVariation: (project, flag, variation) =>
      state.flag(project, flag)?.body.variations.some(({ key }) => key === variation) ?? false,
    keepDays: config.evaluationDays,
    dropped: (count) => metrics.evaluationsDropped(count),
    dayTotals: storage.dayTotals,
    mayPrune: () => isOurs('prune evaluations'),
    now,
    logger,
  });
  const launches = new Launches({
    store: storage.launches,
    knowsLaunch: (project, flag) => /^(launch|migration)$/.test(state.flag(project, flag)?.body.type ?? ''),
    lastChange: (project, environment, flag) => state.targeting(project, flag, environment)?.revision ?? 0,
    dayTotals: storage.dayTotals,
    mayPrune: () => isOurs('prune launches'),
    now,
    logger,
  });
  const unsubscribe = changeLog.subscribe(
    (changes) => {
      for (const change of changes) {
        metrics.changed(change.command);
        if (config.auditLog) audit(auditLine(change, node));
      }
      if (changes.some(({ writes }) => writes.some(({ kind }) => kind === 'key'))) hub.checkKeys();
    },
    () => {
      logger.warn('The database holds another history than before; everything was read anew', { id: changeLog.id });
      hub.checkKeys();
    },
  );
  const endWatch = watchWeights(changeLog, logger);
  const lagging = whetherLagging(changeLog);
  const adminTokenHash = config.adminToken === null ? null : hashSecret(config.adminToken);
  const metricsTokenHash = config.metricsToken === null ? null : hashSecret(config.metricsToken);
  const keyUses = new KeyUses({ store: storage.keyUses, now, logger });
  const publicUrl = (page: string | null = null) => config.publicUrl ?? page ?? listeningAt();
  const people = new People(changeLog, now, ssoGrants(config));
  const signIn = openSignIn(config, storage, { changeLog, people, now, logger, passwords });
  const changeStreams = new ChangeStreams({
    changeLog,
    current: (credential) => credentialNow(state, actorOf(credential), now()),
    lasts: ({ session }) =>
      session === undefined ? Promise.resolve(true) : (signIn?.sessions.lasts(session) ?? Promise.resolve(false)),
  });
  const app = createApp({
    changeLog,
    hub,
    evaluations,
    launches,
    propagations,
    metrics,
    logger,
    now,
    adminTokenHash,
    signIn,
    publicUrl,
    changeStreams,
    keyUses,
    dashboard: dashboardFiles(DASHBOARD, logger),
    reference: referencePage(REFERENCE),
    instances: registry,
    addressOf: clientAddresses(config.proxies, logger),
    keys: localKeys({ state, now, adminTokenHash, used: (selector) => keyUses.used(selector) }),
    eventLimit: new EventLimit(config),
    events: countEvents({ evaluations, launches, metrics }),
    isBehind: (_, lastId) => (shared === null || revisionIn(lastId) <= state.head.revision ? false : lagging()),
    readiness: new ReadinessCheck({ isDraining: () => hub.draining, probeStore: () => storage.probe() }),
    mayReadMetrics: metricsReaders({ state, now, adminTokenHash, metricsTokenHash }),
  });
  metrics.launches.watch(() => launches.held());
  metrics.watch({
    revision: () => state.head.revision,
    databaseLostSince: () => peers?.databaseLostSince ?? null,
    notified: () => peers?.notified ?? null,
    rulesets: () => largestRulesets(changeLog),
  });

  const schedule = new ChangeRequestSchedule({ changeLog, now, logger, isOurs, answers: apiOf(app) });
  return {
    app,
    hub,
    observer: metrics,
    begin: (announce) =>
      storage.exclusively(async () => {
        await changeLog.catchUp();
        await adoptTokens(changeLog);
        return makeFirstStart(changeLog, {
          hasConfiguredAdminToken: config.adminToken !== null,
          announce,
          now,
          linkBase: signIn === null ? null : publicUrl(),
        });
      }),
    leave: () => changeStreams.close(),
    facts: () => ({ node, database: nameOf(config.database), revision: state.head.revision }),
    async release() {
      unsubscribe();
      endWatch();
      schedule.close();
      signIn?.close();
      hub.close();
      await changeLog.settled();
      await evaluations.close();
      await keyUses.close();
      await launches.close();
      await peers?.close();
      await store.close();
    },
  };
}

/**
 * Whether this server cannot be brought up to what its peers know. Asked by clients that are ahead, which anybody can
 * claim to be: so one look answers all who ask within a second.
 */
function whetherLagging(changeLog: ChangeLog): () => Promise<boolean> {
  let answer: Promise<boolean> | null = null;
  return () => {
    answer ??= changeLog
      .catchUp()
      .then(
        () => false,
        () => true,
      )
      .finally(() => setTimeout(() => (answer = null), LAGGING_MS).unref());
    return answer;
  };
}

/** People's sign-in; `null`: it is off, for want of a secret that all servers share. */
function openSignIn(
  config: Config,
  storage: Storage,
  terms: Pick<ConstructorParameters<typeof SignIn>[0], 'changeLog' | 'people' | 'now' | 'logger' | 'passwords'>,
): SignIn | null {
  const secret =
    config.authSecret ?? (storage.file === null ? null : secretBeside(storage.file, nameOf(config.database)));
  if (secret === null) {
    terms.logger.warn('People cannot sign in: set DIMMER_AUTH_SECRET to the same random text on every server');
    return null;
  }
  const { publicUrl, oidc } = config;
  return new SignIn({ ...terms, database: storage.signIn, secret, publicUrl, oidc });
}

function ssoGrants({ oidc }: Config): readonly Grant[] {
  const role = oidc?.role ?? null;
  return role === null ? [] : [{ role, project: null, environment: null }];
}

/** For the log: a file, or a host and database without user and password. */
function nameOf(database: Config['database']): string {
  if (database.kind === 'sqlite') return database.file;
  const { host, pathname } = new URL(database.url);
  return `postgres://${host}${pathname}`;
}
