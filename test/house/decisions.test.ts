import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = new URL('../..', import.meta.url).pathname;
const FOLDER = 'docs/decisions/';
const INDEX = `${FOLDER}README.md`;
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((path) => path !== '' && existsSync(join(root, path)));

/** What a decision is about. `documents`: how we write and work; only these may be explained from a document alone. */
const AREAS =
  'API, evaluation, changes, streams, structure, launches, migrations, storage, several servers, relay, limits, access, ' +
  'operations, ' +
  'SDKs, Node SDK, browser SDK, command line, dashboard, demo, build, tests, benchmarks, documents';

const records = tracked
  .filter((path) => path.startsWith(FOLDER) && /^\d{4}-.*\.md$/.test(basename(path)))
  .sort()
  .map((path) => {
    const [heading = '', , third = ''] = read(path).split('\n');
    const [, number, title] = /^# (\d+)\. (\S.*)$/.exec(heading) ?? [];
    return { file: basename(path), id: basename(path).slice(0, 4), number, title, status: statusOf(third) };
  });
type Record_ = (typeof records)[number];
const known = new Set(records.map(({ id }) => id));

/** As the index says it, from the line below a heading; a record without one is accepted as it stands. */
function statusOf(line: string): string {
  const said = /^\*\*Status\.\*\* (.+)\.$/.exec(line)?.[1];
  return said ? said.charAt(0).toLowerCase() + said.slice(1) : 'accepted';
}

/** The index, row by row: `| [0001](0001-….md) | title | area | status |`. */
const rows = [...read(INDEX).matchAll(/^\| \[(\d{4})\]\(([^)]+)\) \| (.+?) \| ([^|]+) \| ([^|]+) \|$/gm)].map(
  ([row, id, file, title, area, status]) => ({ row, id, file, title, area, status }),
);

/** Files outside the records that name a decision: `decision 0117`, `docs/decisions/0117`. */
const naming = tracked
  .filter((path) => !path.startsWith(FOLDER) && path !== 'CHANGELOG.md' && /\.\w+$|Dockerfile$/.test(path))
  .filter((path) => !/\.(png|jpg|svg|cast|tgz)$|package-lock\.json$|^test\/vectors\/.*\.txt$/.test(path))
  .flatMap((path) =>
    [...read(path).matchAll(/\bdecisions?[ /](\d{4})\b/gi)].map(([, id]) => ({ path, id: id as string })),
  );

// Why: decision 0184.
describe('the decisions', () => {
  it('have a heading that says their number and what was decided', () => {
    expect(records.length).toBeGreaterThan(100);
    const wrong = records.filter(({ number, id, title }) => !title || Number(number) !== Number(id));
    expect(wrong.map(({ file }) => `${file}: begin with "# ${Number(file.slice(0, 4))}. What was decided"`)).toEqual(
      [],
    );
  });

  it('stand in the index once each, in order, with the title of their heading and the status that they give', () => {
    const rowOf = ({ id, file, title, status }: Record_, area: string | undefined) =>
      `| [${id}](${file}) | ${title} | ${area ?? '(area)'} | ${status} |`;
    const expected = records.map((record) => rowOf(record, rows.find(({ id }) => id === record.id)?.area));
    expect(rows.map(({ row }) => row)).toEqual(expected);
  });

  it('belong to an area of the list', () => {
    expect(rows.filter(({ area }) => !AREAS.split(', ').includes(area as string)).map(({ row }) => row)).toEqual([]);
  });

  it('that are superseded or changed say by which later record, and link it', () => {
    const FORM = /^(accepted|(superseded|accepted; changed in part) by (\[\d{4}\]\([\w.-]+\.md\)(, | and |$))+)$/;
    const wrong = records.flatMap(({ file, id, status }) => {
      if (!FORM.test(status))
        return [`${file}: **Status.** Superseded by [NNNN](NNNN-….md). or Accepted; changed in part by …`];
      return [...status.matchAll(/\[(\d{4})\]\((\d{4})/g)]
        .filter(([, shown, linked]) => shown !== linked || !known.has(shown as string) || Number(shown) <= Number(id))
        .map(([link]) => `${file}: ${link} is no later record`);
    });
    expect(wrong).toEqual([]);
  });

  it('are each named by the source that they explain, unless they are superseded', () => {
    const inCode = new Set(naming.filter(({ path }) => !path.endsWith('.md')).map(({ id }) => id));
    const anywhere = new Set(naming.map(({ id }) => id));
    const unnamed = rows
      .filter(({ status }) => !status?.startsWith('superseded'))
      .filter(({ id, area }) => !(area === 'documents' ? anywhere : inCode).has(id as string))
      .map(({ id, title }) => `no file says "Why: decision ${id}." (${title})`);
    expect(unnamed).toEqual([]);
  });

  it('are there, wherever a file names one', () => {
    expect(naming.filter(({ id }) => !known.has(id)).map(({ path, id }) => `${path}: decision ${id}`)).toEqual([]);
  });
});
