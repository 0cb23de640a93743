/** Every page of the dashboard of a server that `furnish` has filled, by a name for its screenshot. */
export const PAGES = {
  flags: '/projects/default/flags',
  'flag-boolean': '/projects/default/flags/new-checkout?environment=production',
  'flag-string': '/projects/default/flags/theme?environment=production',
  'flag-launch': '/projects/default/flags/price-engine?environment=production',
  'flag-migration': '/projects/default/flags/addresses-v2?environment=production',
  'launch-report': '/projects/default/flags/price-engine?environment=production&tab=launch',
  'migration-report': '/projects/default/flags/addresses-v2?environment=production&tab=launch',
  'flag-hostile': '/projects/default/flags/hostile',
  kill: '/projects/default/kill',
  changes: '/projects/default/changes',
  'change-requests': '/projects/default/change-requests',
  segments: '/projects/default/segments',
  segment: '/projects/default/segments/testers',
  instances: '/projects/default/instances',
  environments: '/projects/default/environments',
  keys: '/projects/default/keys',
  people: '/people',
  audit: '/audit',
  account: '/account',
  'not-found': '/projects/default/nothing',
} as const;

/** The same, with those whose address is made by the server. */
export function allPages({ changeRequest }: { readonly changeRequest: string }): Readonly<Record<string, string>> {
  return { ...PAGES, 'change-request': `/projects/default/change-requests/${changeRequest}` };
}

/** Pages that nobody has to be signed in for. */
export const OPEN_PAGES = { 'sign-in': '/sign-in', link: '/link#none' } as const;
