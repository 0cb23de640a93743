import type { Change } from '../../api/changes.ts';

const COLUMNS = [
  'revision',
  'id',
  'at',
  'actor_kind',
  'actor_id',
  'actor_name',
  'command',
  'project',
  'environment',
  'subject',
  'reason',
  'documents',
];

/** A cell that begins like this is a formula to spreadsheets, and names and reasons are written by anybody. */
const FORMULA = /^[=+\-@\t\r]/;

/** The first line. */
export function csvHead(): string {
  return `${COLUMNS.join(',')}\r\n`;
}

/** One change as a line of RFC 4180. */
export function csvLine({ revision, id, at, actor, command, ...change }: Change): string {
  const { project, environment, subject, reason, writeCount } = change;
  const cells = [
    revision,
    id,
    new Date(at).toISOString(),
    actor.kind,
    actor.id,
    actor.name,
    command,
    project,
    environment,
    subject,
    reason,
    writeCount,
  ];
  return `${cells.map(cell).join(',')}\r\n`;
}

function cell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const safe = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) || safe !== value ? `"${safe.replaceAll('"', '""')}"` : safe;
}
