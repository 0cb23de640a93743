/** What a refusal was about, as far as the address of the request tells. */
interface About {
  readonly flag: string | undefined;
  readonly environment: string | undefined;
}

type Fix = (about: About) => string;

const inFlag = ({ flag = '<flag>' }: About): string => flag;
const inEnvironment = ({ environment = '<environment>' }: About): string => environment;

/** What to type instead, by the code of the refusal. docs/errors.md says the same for programs. */
const FIXES: Readonly<Record<string, Fix>> = {
  PROJECT_NOT_FOUND: () => 'List them: dimmer projects',
  FLAG_NOT_FOUND: (about) => `List them: dimmer flags list. Create it: dimmer flags create ${inFlag(about)}`,
  SEGMENT_NOT_FOUND: () => 'Segments are made in the dashboard, or by dimmer apply.',
  CHANGE_NOT_FOUND: () => 'List them: dimmer history',
  FLAG_ARCHIVED: (about) => `Bring it back: dimmer flags unarchive ${inFlag(about)}`,
  FLAG_EXISTS: () => 'Choose another key. If that flag is archived: dimmer flags unarchive <flag>',
  FLAG_KILLED: (about) => `If that is over: dimmer restore ${inFlag(about)} -e ${inEnvironment(about)}`,
  MIGRATION_IN_USE: (about) =>
    `Take the migration out of the code, and deploy that. If it shall go all the same: dimmer flags archive ${inFlag(about)} --force --reason "…"`,
  APPROVAL_REQUIRED: () => 'Add: --propose --reason "…". It becomes a change request, which somebody else approves.',
  REASON_REQUIRED: () => 'Add: --reason "…"',
  VERSION_CONFLICT: () => 'Somebody has changed it meanwhile. Look at it, and run this again.',
  INSTANT_INVALID: () => 'Write e.g. 30m, 2h, today, or 2026-11-20T03:00:00Z.',
  KEY_MISSING: () => 'Log in: dimmer login <url>. Or set DIMMER_TOKEN.',
  KEY_UNKNOWN: () => 'The token is not one of this server. Log in: dimmer login <url>. Or set DIMMER_TOKEN.',
  KEY_REVOKED: () => 'Have a new token made in the dashboard (Keys), then: dimmer login <url>',
  KEY_EXPIRED: () => 'Have a new token made in the dashboard (Keys), then: dimmer login <url>',
  KEY_KIND_WRONG: () => 'An admin token is needed (adm_…), not the key of an SDK. Log in: dimmer login <url>',
};

/** Terms of HTTP, which mean nothing on a command line. */
const OF_THE_API = /\/api\/v1|\b(GET|POST|PUT|PATCH|DELETE)\b|\?(propose|dryRun)|If-Match|\bETag\b|"reason"/;

/**
 * The fix of a refusal in the words of the command line. The server gives its own in those of the API.
 *
 * @param path of the request that was refused
 * @param said the server's fix, which is taken as it is if it needs no HTTP
 * @param nearest the key that was probably meant
 */
export function fixText(
  code: string,
  path: string,
  said: string | undefined,
  nearest: string | undefined,
): string | undefined {
  const part = (name: string) => {
    const found = new RegExp(`/${name}/([^/?]+)`).exec(path)?.[1];
    return found === undefined ? undefined : decodeURIComponent(found);
  };
  const about = { flag: part('flags'), environment: part('environments') };
  const usable = said !== undefined && !OF_THE_API.test(said) ? said : undefined;
  const fix = FIXES[code]?.(about) ?? usable;
  if (nearest === undefined || fix?.startsWith('Did you mean')) return fix;
  return [`Did you mean "${nearest}"?`, fix].filter((each) => each !== undefined).join(' ');
}
