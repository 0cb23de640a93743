/** What `Retry-After` asks, in ms: seconds or a date; 0 if absent, unreadable, or hidden from another origin. */
export function retryAfterMsOf({ headers }: Response): number {
  const value = headers.get('retry-after');
  return value ? Math.max(0, +value * 1000 || Date.parse(value) - Date.now() || 0) : 0;
}
