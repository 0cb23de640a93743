import { z } from 'zod';

/** Parts of letters that need no escape, and not the first part of a path of ours: which of the two is meant must be plain. */
const PUBLIC_PATH =
  /^(\/(?!(api|auth|sdk|health|metrics|assets|projects|people|audit|account|sign-in|link)(\/|$))[\w.~-]+(\/[\w.~-]+)*)?$/;

/** Where people open the dashboard, without a slash at its end: an origin, or a path of one. */
export const publicUrl = z.string().transform((text, context): string => {
  try {
    const url = new URL(text);
    const isBare = url.search === '' && url.hash === '' && url.username === '';
    const path = url.pathname.replace(/\/+$/, '');
    if (/^https?:$/.test(url.protocol) && isBare && PUBLIC_PATH.test(path)) return url.origin + path;
  } catch {
    // Said below.
  }
  const message =
    'must be where people open the dashboard, e.g. https://flags.example.com or https://tools.example.com/flags; a path does not begin with one of the server’s own, like /api';
  context.issues.push({ code: 'custom', message, input: text });
  return z.NEVER;
});
