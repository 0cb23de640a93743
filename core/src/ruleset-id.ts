/** The form of a ruleset's id: `<revision>.<12 hex digits>`, e.g. `105.ab12cd34ef56`. See docs/protocol.md, "Ids". */
export const RULESET_ID = /^\d{1,16}\.[0-9a-f]{12}$/;

/** The revision that an id is of; 0 if there is none, or it names none. */
export function revisionIn(id: string | null): number {
  return Number.parseInt(id ?? '', 10) || 0;
}
