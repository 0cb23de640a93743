import type { EnvironmentSummary } from '../../api/flags.ts';

/**
 * Whether somebody may take a kill back where a second person has to agree: for a quarter of an hour, the person who
 * has killed it, as long as nothing has changed. The server decides when it is asked.
 */
export function mayUndo(summary: EnvironmentSummary | undefined, person: string, now: number): boolean {
  const undo = summary?.killed?.undo;
  return undo?.by.id === person && undo.version === summary?.version && now < undo.until;
}
