/** What to do about an error on a page, where the server's own fix is a request to be sent. */
const FIXES: Readonly<Record<string, string>> = {
  FLAG_KILLED: 'If that is over, restore it.',
  FLAG_NOT_FOUND: 'Look for it in the list of flags: it may have been renamed or archived.',
  SEGMENT_NOT_FOUND: 'Look for it in the list of segments: it may have been archived.',
  ENVIRONMENT_NOT_FOUND: 'Look for it on the page of environments.',
  PROJECT_NOT_FOUND: 'Choose another project at the top of the page.',
  VERSION_REQUIRED: 'Load the page again, look at what is there now, and do it again.',
  MIGRATION_IN_USE:
    'Take the migration out of the code, and deploy that. If it must go all the same, say so below, with a reason.',
  REVERT_CONFLICT: 'Revert the newer changes first, or undo all of them together.',
};

/** Signs of a sentence that speaks to programs: a request, a header, a query, a field, a setting. */
const FOR_PROGRAMS = /\b(GET|POST|PUT|PATCH|DELETE)\b|\/api\/|[?&]\w+=|If-Match|DIMMER_|[{}"]|\bSend\b/;

/** The fix in words for people; undefined if there are none: the message then stands alone. */
export function fixForPeople(code: string, fix: string | undefined): string | undefined {
  if (Object.hasOwn(FIXES, code)) return FIXES[code];
  return fix === undefined || FOR_PROGRAMS.test(fix) ? undefined : fix;
}
