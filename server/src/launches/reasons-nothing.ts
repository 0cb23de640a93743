import { count } from './figures.ts';
import { readable } from './launch-summary.ts';
import { isJudged } from './path-comparison.ts';
import type { Figures, Reason } from './reason.ts';

/** Why there is nothing at all to judge by; none if there is something. */
export function nothing(report: Figures): Reason[] {
  const sentence = whyNothing(report);
  return sentence === undefined ? [] : [{ code: 'NOTHING_OBSERVED', sentence: `${sentence}.` }];
}

function whyNothing(report: Figures): string | undefined {
  const { on, paths, shares, rules, shed, shadows, mismatches, failed } = report;
  const [most] = shed;
  const hanging = paths.filter(isJudged).reduce((sum, { hanging: each }) => sum + each, 0);
  if (shadows + mismatches.of + failed + hanging > 0) return undefined;
  if (paths.some(({ path }) => path === 'candidate') && !most) return undefined;
  const narrowed = whyNarrowed(report);
  if (paths.length === 0 && narrowed !== undefined) return narrowed;
  if (!on) return 'it is off here, so nothing runs in the shadow';
  if (most) {
    const total = shed.reduce((sum, { count: each }) => sum + each, 0);
    return `none of ${count(total)} shadows has run: all were shed, most for "${most.cause}"`;
  }
  if (rules === 0 && shares.every(({ variation }) => variation === 'off')) {
    return 'everybody is served off, so nothing runs in the shadow';
  }
  if (paths.length > 0) return undefined;
  const served = shares.map(({ variation, percent: share }) => `${variation} for ${share} %`).join(', ');
  return `nothing was observed in this time, although it is ${served}: no process has called it, no call has ended, or none has been reported`;
}

/** There is something, and it is not what was asked for. */
function whyNarrowed({ filter, applications, instances, edgeCalls }: Figures): string | undefined {
  const asked = Object.entries(filter).filter(([, value]) => value !== null);
  if (asked.length > 0) {
    const what = asked.map(([part, value]) => `${part} ${readable(value ?? '')}`).join(', ');
    const [newest] = applications;
    const seen =
      filter.instance === null
        ? newest &&
          `the newest that was is ${readable([newest.application, newest.version].filter(Boolean).join('@')) || 'one without a name'}`
        : instances.length > 0 && `${count(instances.length)} others were`;
    return `nothing was observed of ${what} in this time${seen ? `; ${seen}` : ''}`;
  }
  if (edgeCalls === 0) return undefined;
  return `nothing was observed wholly within this time; ${count(edgeCalls)} calls were reported in one piece with others outside it`;
}
