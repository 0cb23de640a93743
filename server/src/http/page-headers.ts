import { randomBytes } from 'node:crypto';

/**
 * What every page for people is sent with: scripts from here alone, styles from here or with the page's nonce, nothing
 * framed, nothing sent elsewhere. Trusted Types are left out: React and Mantine set the text of style elements, which
 * they would forbid.
 *
 * @param nonce of the styles that stand in the page
 */
export function pageHeaders(nonce: string): Record<string, string> {
  const policy = {
    'default-src': "'none'",
    'script-src': "'self'",
    'style-src': `'self' 'nonce-${nonce}'`,
    'connect-src': "'self'",
    'img-src': "'self' data:",
    'font-src': "'self'",
    'frame-ancestors': "'none'",
    'base-uri': "'none'",
    'form-action': "'self'",
  };
  return {
    'Content-Security-Policy': Object.entries(policy)
      .map((directive) => directive.join(' '))
      .join('; '),
    'Cache-Control': 'no-store',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
  };
}

/** A fresh nonce. */
export function newNonce(): string {
  return randomBytes(18).toString('base64');
}
