// Why: decision 0187.
/**
 * The keys of everything that is read from the server and kept: named here and nowhere else, so that what is read under
 * a key is what a change makes stale. A key is stale with every shorter one: `flag` takes its targetings along.
 */
export const queryKeys = {
  /** Whoever looks. */
  me: ['me'],
  ways: ['ways'],
  sessions: ['sessions'],
  link: (code: string) => ['link', code],
  people: ['people'],
  invitations: ['invitations'],
  projects: ['projects'],
  environments: (project: string) => ['environments', project],
  flags: (project: string) => ['flags', project],
  /** One flag as the list has it: a part of the list, read anew alone. */
  flagInList: (project: string, flag: string) => ['flags', project, flag],
  flag: (project: string, flag: string) => ['flag', project, flag],
  targeting: (project: string, flag: string, environment: string) => ['flag', project, flag, 'targeting', environment],
  segments: (project: string) => ['segments', project],
  segment: (project: string, segment: string) => ['segments', project, 'one', segment],
  segmentNames: (project: string) => ['segments', project, 'names'],
  attributes: (project: string) => ['attributes', project],
  changeRequests: (project: string) => ['change-requests', project],
  changeRequest: (project: string, id: string) => ['change-requests', project, 'one', id],
  /** All lists of changes, and lists of the one query, a page of it at a time or in pages that go on. */
  changes: ['changes'],
  changesOf: (query: object) => ['changes', query],
  changesInPages: (query: object) => ['changes', query, 'pages'],
  flagHistory: (project: string, flag: string, environment: string | null) => [
    'changes',
    'of-flag',
    project,
    flag,
    environment,
  ],
  change: (revision: number) => ['change', revision],
  propagation: (project: string, environment: string, revision: number | undefined) => [
    'propagation',
    project,
    environment,
    revision ?? 'last',
  ],
  /** Those of an environment, or of a project. */
  propagations: (project: string, environment?: string) =>
    environment === undefined ? ['propagation', project] : ['propagation', project, environment],
  instances: (project: string, environment: string) => ['instances', project, environment],
  evaluations: (project: string, flag: string, environment: string, lastMs: number) => [
    'evaluations',
    project,
    flag,
    environment,
    lastMs,
  ],
  /** The reports of a launch, whatever they are of. */
  launch: (project: string, flag: string, environment: string) => ['launch', project, flag, environment],
  launchReport: (project: string, flag: string, environment: string, filter: object) => [
    'launch',
    project,
    flag,
    environment,
    filter,
  ],
  /** All keys and tokens. */
  credentials: ['keys'],
  environmentKeys: (project: string, environment: string) => ['keys', project, environment],
  adminTokens: ['keys', 'admin'],
  /** What a write would do that has not been made. */
  dryRun: (write: object | null) => ['dry-run', write],
  segmentPreview: (url: string, version: number, changes: object) => ['preview', url, version, changes],
} as const;
