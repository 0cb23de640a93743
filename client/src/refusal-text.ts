const MAX_LENGTH = 500;

/**
 * Why a server did not give what was asked for, as `status().lastError` and the log say it: the status, and of a Dimmer
 * server the code, message and fix of its answer. Anything else that answers (a proxy, a sign-in page) is not quoted.
 */
export function refusalText(status: number, body: string): string {
  const said = `HTTP ${status}`;
  try {
    const { code, message, fix = '' } = JSON.parse(body).error;
    if (!/^[A-Z_]{3,50}$/.test(code)) return said;
    return `${said} ${code}: ${message} ${fix}`
      .replace(/\p{Cc}/gu, ' ')
      .trim()
      .slice(0, MAX_LENGTH);
  } catch {
    return said;
  }
}
