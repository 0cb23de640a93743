/** What a release changes in files, as texts: nothing is read or written here. */

/** Packages that users install, by their folder. */
export const RELEASED = ['sdk-node', 'sdk-browser', 'cli', 'server'] as const;

const VERSION = /^(\d+)\.(\d+)\.(\d+)(?:-[0-9A-Za-z.-]+)?$/;
const UNRELEASED = '## [Unreleased]';

type Manifest = Record<string, unknown>;

export interface Release {
  readonly version: string;
  /** Before it. */
  readonly current: string;
  readonly changelog: string;
  /** Where the project is hosted; undefined: nobody has said. */
  readonly repository: string | undefined;
  /** Paths that are changed and not committed. */
  readonly uncommitted: readonly string[];
}

/** Why there can be no release yet, each with the fix; none: it can be made. */
export function problemsOf({ version, current, changelog, repository, uncommitted }: Release): string[] {
  const problems: string[] = [];
  if (!VERSION.test(version)) problems.push(`"${version}" is no version. Write it as 1.2.3, or 1.2.3-rc.1.`);
  else if (!isGreater(version, current))
    problems.push(`${version} is not greater than ${current}, which is the last one.`);
  if (unreleased(changelog).trim() === '')
    problems.push(`CHANGELOG.md says nothing under "${UNRELEASED}". Write there what users notice.`);
  if (repository === undefined)
    problems.push(
      'Nobody has said where the project is hosted. Write "repository": "https://…" into package.json once: a release writes it into every package.',
    );
  if (uncommitted.length > 0)
    problems.push(
      `Not committed: ${uncommitted.join(', ')}. Commit or remove it: a release is made of what is committed.`,
    );
  return problems;
}

function isGreater(version: string, other: string): boolean {
  const [one, two] = [version, other].map((each) => (VERSION.exec(each) ?? []).slice(1).map(Number));
  for (let part = 0; part < 3; part++) {
    const difference = (one?.[part] ?? 0) - (two?.[part] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  // Of one number, those with a word behind it come before the one without.
  const [word, otherWord] = [version, other].map((each) => each.split('-').slice(1).join('-'));
  if (word === '' || otherWord === '') return word === '' && otherWord !== '';
  return (word ?? '').localeCompare(otherWord ?? '', 'en', { numeric: true }) > 0;
}

function unreleased(changelog: string): string {
  const [, after = ''] = changelog.split(`${UNRELEASED}\n`);
  return after.split(/^## /m)[0] as string;
}

/** The changelog with a section of this version, and an empty one above it. @param date `2026-12-24` */
export function changelogOf(changelog: string, version: string, date: string): string {
  return changelog.replace(`${UNRELEASED}\n`, `${UNRELEASED}\n\n## [${version}] - ${date}\n`);
}

/** A package.json of this version, which asks for packages of ours of the same. */
export function manifestOf(
  text: string,
  version: string,
  hosted?: { readonly repository: string; readonly folder: string },
): string {
  const manifest = JSON.parse(text) as Manifest;
  raise(manifest, version);
  if (hosted) {
    const { repository, folder } = hosted;
    const url = repository.replace(/\.git$/, '');
    manifest.repository = { type: 'git', url: `git+${url}.git`, directory: folder };
    manifest.homepage = `${url}#readme`;
    manifest.bugs = `${url}/issues`;
  }
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
}

/** The same for package-lock.json. */
export function lockOf(text: string, version: string): string {
  const lock = JSON.parse(text) as Manifest & { packages: Record<string, Manifest> };
  lock.version = version;
  // The root is called "", workspaces by their folder, everything that is installed below node_modules.
  for (const [path, manifest] of Object.entries(lock.packages))
    if (!path.includes('node_modules/')) raise(manifest, version);
  return `${JSON.stringify(lock, undefined, 2)}\n`;
}

/** A document that names tarballs by their version. */
export function documentOf(text: string, current: string, version: string): string {
  return text.replaceAll(
    new RegExp(`\\b(dimmer-(?:node|browser|cli|server)-)${current.replaceAll('.', '\\.')}\\.tgz`, 'g'),
    `$1${version}.tgz`,
  );
}

function raise(manifest: Manifest, version: string): void {
  if (manifest.version !== undefined) manifest.version = version;
  for (const kind of ['dependencies', 'devDependencies', 'peerDependencies']) {
    const asked = manifest[kind] as Record<string, string> | undefined;
    for (const name of Object.keys(asked ?? {})) if (name.startsWith('@dimmer/') && asked) asked[name] = version;
  }
}
