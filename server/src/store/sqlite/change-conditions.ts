import { and, eq, exists, gt, gte, inArray, isNull, lt, or, type SQL, sql } from 'drizzle-orm';
import type { ChangeQuery } from '../store.ts';
import type { SqliteDatabase } from './database.ts';
import { changesTable, writesTable } from './tables.ts';

/** The WHERE of a `ChangeQuery`. */
export function changeConditions(database: SqliteDatabase, query: ChangeQuery): SQL | undefined {
  const { project, environment, flag, segment, after, before, sinceMs } = query;
  const found: (SQL | undefined)[] = [];
  if (after !== undefined) found.push(gt(changesTable.revision, after));
  if (before !== undefined) found.push(lt(changesTable.revision, before));
  if (sinceMs !== undefined) found.push(gte(changesTable.atMs, sinceMs));
  if (project !== undefined) {
    found.push(eq(changesTable.project, project));
    if (flag !== undefined) found.push(amongThose(database, flagWrites(project, flag, environment)));
    if (segment !== undefined) found.push(amongThose(database, documentWrites('segment', `${project}/${segment}`)));
    const isBroad = flag === undefined && segment === undefined;
    if (isBroad && environment !== undefined) found.push(eachWith(database, environmentWrites(environment)));
  }
  return and(...found);
}

/** Few changes wrote one document: they are looked up by its index. */
function amongThose({ drizzle }: SqliteDatabase, condition: SQL | undefined): SQL {
  return inArray(
    changesTable.revision,
    drizzle.select({ it: writesTable.revision }).from(writesTable).where(condition),
  );
}

/** Many changes touched an environment: each is looked at in turn, until there are enough. */
function eachWith({ drizzle }: SqliteDatabase, condition: SQL | undefined): SQL {
  const ofThisChange = eq(writesTable.revision, changesTable.revision);
  return exists(drizzle.select({ it: sql`1` }).from(writesTable).where(and(ofThisChange, condition)));
}

/** Every write of one document. */
export function documentWrites(kind: string, id: string): SQL | undefined {
  return and(eq(writesTable.kind, kind), eq(writesTable.id, id));
}

function flagWrites(project: string, flag: string, environment: string | undefined): SQL | undefined {
  const id = `${project}/${flag}`;
  // '0' is the character after '/', so this is the range of all ids that begin with `<project>/<flag>/`.
  const targetings = environment
    ? eq(writesTable.id, `${id}/${environment}`)
    : and(gte(writesTable.id, `${id}/`), lt(writesTable.id, `${id}0`));
  return or(documentWrites('flag', id), and(eq(writesTable.kind, 'targeting'), targetings));
}

/** What an environment serves comes from its own documents, and from the flags and segments of all environments. */
function environmentWrites(environment: string): SQL | undefined {
  const shared = and(isNull(writesTable.environment), inArray(writesTable.kind, ['flag', 'segment']));
  return or(eq(writesTable.environment, environment), shared);
}
