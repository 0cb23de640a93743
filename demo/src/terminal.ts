import type { BackOffice } from './back-office.ts';
import { KILL_REASON } from './operator.ts';
import type { Options } from './options.ts';

/** Writes one line, or several, for the person at the terminal. */
export function tell(text: string): void {
  process.stdout.write(`${text}\n`);
}

const RAMP_WORDS: Record<Options['ramp'], string> = {
  page: 'The ramp 0 → 1 → 10 → 50 → 100 %, then the kill, begins when you open the page.',
  now: 'The ramp 0 → 1 → 10 → 50 → 100 %, then the kill, begins now.',
  manual: 'Nothing moves until you move it.',
};

/** What a newcomer reads: where to look, what to press, what to paste. */
export function welcome(parts: {
  readonly shopUrl: string;
  /** Lets the first person into the dashboard; `null`: the server has none. */
  readonly dashboardLink: string | null;
  readonly office: BackOffice;
  readonly ramp: Options['ramp'];
}): string {
  const { shopUrl, dashboardLink, office, ramp } = parts;
  const dashboard = dashboardLink
    ? `The dashboard of its server, with the flag "new-checkout" in it (the link works once): ${dashboardLink}`
    : 'Its server has no dashboard: start by npm run demo, which builds it.';
  return `
Open ${shopUrl}

${RAMP_WORDS[ramp]}

${dashboard}

On the page, drag the slider. Keys: r ramp again; 0 1 2 3 4 set to 0, 1, 10, 50, 100 %; k kill; s pull the server's plug, or start it again; q quit.

By hand, in another terminal:

# ramp to 25 %
${office.curl('rollout', { percent: 25 })}

# kill
${office.curl('kill', { reason: KILL_REASON })}

# restore: after a kill, before the next ramp
${office.curl('restore', {})}
`;
}
