/** Where a test is by the name of its file. Why: decision 0111. */

const root = new URL('..', import.meta.url).pathname;

/** Tests of the whole, and those on PostgreSQL. */
const FOLDERS = ['test', 'examples', 'demo', 'server/test/postgres'];
const ENDING = '.process.test.ts';

/**
 * What starts a process, a database or a browser: all tests in those folders, and those of a package that say so in their
 * name. CONTRIBUTING.md says what each costs.
 */
export const WHOLE = [...FOLDERS.map((folder) => `${folder}/**/*.test.ts`), `*/test/**/*${ENDING}`];

/** Those that count the sockets, timers and bytes of their own process: each has one to itself. */
export const ALONE = ['test/sdk-checks/{d-parsing,g-reports,i-lifecycle}.test.ts', 'test/faults/short-server.test.ts'];

/** All tests are in a folder of a package, or of the whole. */
export const ALL = ['*/test/**/*.test.ts', ...WHOLE];

export const NEVER = ['**/node_modules/**', '**/dist/**'];

/**
 * Whether the test may start a process, as `WHOLE` says.
 *
 * @param file its path, absolute or from the root of the repository
 */
export function isWhole(file: string): boolean {
  const path = file.startsWith(root) ? file.slice(root.length) : file;
  return FOLDERS.some((folder) => path.startsWith(`${folder}/`)) || path.endsWith(ENDING);
}
