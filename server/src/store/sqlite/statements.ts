import { and, desc, eq, lte, sql } from 'drizzle-orm';
import type { SqliteDatabase } from './database.ts';
import { changesTable, documentsTable, HEAD_COLUMNS, headTable, writesTable } from './tables.ts';

/** What is asked most often, compiled once: a toggle should cost its fsync and little else. */
export function prepareStatements({ drizzle }: SqliteDatabase) {
  const p = sql.placeholder;
  const document = { version: sql`${p('version')}`, revision: sql`${p('revision')}`, body: sql`${p('body')}` };
  return {
    head: drizzle.select(HEAD_COLUMNS).from(headTable).prepare(),
    moveHead: drizzle
      .update(headTable)
      .set({ revision: sql`${p('revision')}`, hash: sql`${p('hash')}` })
      .where(and(eq(headTable.revision, p('before')), eq(headTable.hash, p('prevHash'))))
      .prepare(),
    insertChange: drizzle
      .insert(changesTable)
      .values({
        revision: p('revision'),
        atMs: p('atMs'),
        actor: p('actor'),
        command: p('command'),
        project: p('project'),
        environment: p('environment'),
        subject: p('subject'),
        reason: p('reason'),
        prevHash: p('prevHash'),
        hash: p('hash'),
        seal: p('seal'),
      })
      .prepare(),
    insertWrite: drizzle
      .insert(writesTable)
      .values({ ...placeColumns(), ...document, position: p('position') })
      .prepare(),
    insertDocument: drizzle
      .insert(documentsTable)
      .values({ ...placeColumns(), ...document })
      .onConflictDoNothing()
      .prepare(),
    updateDocument: drizzle
      .update(documentsTable)
      .set(document)
      .where(
        and(
          eq(documentsTable.kind, p('kind')),
          eq(documentsTable.id, p('id')),
          eq(documentsTable.version, sql`${p('version')} - 1`),
        ),
      )
      .prepare(),
    documentAt: drizzle
      .select()
      .from(writesTable)
      .where(
        and(eq(writesTable.kind, p('kind')), eq(writesTable.id, p('id')), lte(writesTable.revision, p('revision'))),
      )
      .orderBy(desc(writesTable.revision))
      .limit(1)
      .prepare(),
  };
}

function placeColumns() {
  const p = sql.placeholder;
  return { kind: p('kind'), id: p('id'), project: p('project'), environment: p('environment') };
}
