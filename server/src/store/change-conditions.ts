import { type AnyColumn, and, eq, gt, gte, inArray, isNull, lt, or, type SQL, type SQLWrapper, sql } from 'drizzle-orm';
import type { ChangeQuery } from './store.ts';

/** The two tables of the log, in whichever dialect. */
export interface LogTables {
  readonly changes: SQLWrapper & { readonly [each in 'revision' | 'atMs' | 'project' | 'actor']: AnyColumn };
  readonly writes: SQLWrapper & {
    readonly [each in 'revision' | 'kind' | 'id' | 'environment']: AnyColumn;
  };
}

/** The WHERE of a `ChangeQuery`, the same in every database. Texts must compare by their code points. */
export function changeConditions({ changes, writes }: LogTables, query: ChangeQuery): SQL | undefined {
  const { project, environment, flag, segment, after, before, sinceMs, untilMs, by } = query;
  const found: (SQL | undefined)[] = [];
  if (after !== undefined) found.push(gt(changes.revision, after));
  if (before !== undefined) found.push(lt(changes.revision, before));
  if (sinceMs !== undefined) found.push(gte(changes.atMs, sinceMs));
  if (untilMs !== undefined) found.push(lt(changes.atMs, untilMs));
  if (by !== undefined) found.push(byName(by));
  if (project !== undefined) {
    found.push(eq(changes.project, project));
    if (flag !== undefined) found.push(amongThose(flagWrites(project, flag, environment)));
    if (segment !== undefined) found.push(amongThose(documentWrites({ writes }, 'segment', `${project}/${segment}`)));
    const isBroad = flag === undefined && segment === undefined;
    if (isBroad && environment !== undefined) found.push(eachWith(environmentWrites(environment)));
  }
  return and(...found);

  /** The name is the last field of an actor's canonical JSON, in which it stands with JSON's escapes. */
  function byName(part: string): SQL {
    const written = JSON.stringify(part.toLowerCase()).slice(1, -1);
    const pattern = `%"name":"%${written.replace(/[\\%_]/g, (sign) => `\\${sign}`)}%"}`;
    return sql`lower(${changes.actor}) LIKE ${pattern} ESCAPE '\\'`;
  }

  /** Few changes wrote one document: they are looked up by its index. */
  function amongThose(condition: SQL | undefined): SQL {
    return sql`${changes.revision} IN (SELECT ${writes.revision} FROM ${writes} WHERE ${condition})`;
  }

  /** Many changes touched an environment: each is looked at in turn, until there are enough. */
  function eachWith(condition: SQL | undefined): SQL {
    return sql`EXISTS (SELECT 1 FROM ${writes} WHERE ${and(eq(writes.revision, changes.revision), condition)})`;
  }

  function flagWrites(project: string, flag: string, environment: string | undefined): SQL | undefined {
    const id = `${project}/${flag}`;
    // '0' is the character after '/', so this is the range of all ids that begin with `<project>/<flag>/`.
    const targetings = environment
      ? eq(writes.id, `${id}/${environment}`)
      : and(gte(writes.id, `${id}/`), lt(writes.id, `${id}0`));
    return or(documentWrites({ writes }, 'flag', id), and(eq(writes.kind, 'targeting'), targetings));
  }

  /** What an environment serves comes from its own documents, and from the flags and segments of all environments. */
  function environmentWrites(environment: string): SQL | undefined {
    const shared = and(isNull(writes.environment), inArray(writes.kind, ['flag', 'segment']));
    return or(eq(writes.environment, environment), shared);
  }
}

/** Every write of one document. */
export function documentWrites({ writes }: Pick<LogTables, 'writes'>, kind: string, id: string): SQL | undefined {
  return and(eq(writes.kind, kind), eq(writes.id, id));
}
