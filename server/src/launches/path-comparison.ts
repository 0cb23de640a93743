import { differenceOf, type RateDifference } from './intervals.ts';
import type { PathReport, Quantiles } from './path-report.ts';

/** Old against new, under circumstances that are as much the same as can be had. */
export interface PathComparison {
  /** That of the candidate. */
  readonly variation: string;
  readonly operation: 'read' | 'write' | null;
  readonly control: PathReport;
  readonly candidate: PathReport;
  /**
   * Where control was observed: `beside` it, in the same calls; `elsewhere`, with other people at the same time; or
   * `before` the window, since it does not run any more.
   */
  readonly against: 'beside' | 'elsewhere' | 'before';
  /** Candidate's error rate less control's. */
  readonly errors: RateDifference;
  /** Candidate's latency less control's, ms, and how many times as long it takes; null if one is not known. */
  readonly latencyMs: Quantiles | null;
  readonly latencyRatio: Quantiles | null;
}

/** The candidate as people got it, or as it ran in the shadow; not as a second run, nor as a fallback for another. */
export function isJudged({ path, role }: Pick<PathReport, 'path' | 'role'>): boolean {
  return path === 'candidate' && (role === 'answer' || role === 'shadow');
}

/**
 * Pairs each candidate with a control: with the one at the same stage, where one is the shadow of the other and meets the
 * same calls; else with people who are off meanwhile, or at any other stage; else with what control did before.
 *
 * @param before what was observed in the time before, empty if that is not known
 */
export function comparePaths(paths: readonly PathReport[], before: readonly PathReport[] = []): PathComparison[] {
  return paths.filter(isJudged).flatMap((candidate): PathComparison[] => {
    const beside = controlsOf(candidate, paths).find(({ variation }) => variation === candidate.variation);
    if (beside) return [compare(beside, candidate, 'beside')];
    const elsewhere = bestControl(candidate, paths);
    if (elsewhere) return [compare(elsewhere, candidate, 'elsewhere')];
    const earlier = bestControl(candidate, before);
    return earlier ? [compare(earlier, candidate, 'before')] : [];
  });
}

function controlsOf({ operation }: PathReport, paths: readonly PathReport[]): PathReport[] {
  return paths.filter(
    ({ path, role, calls, operation: its }) =>
      path === 'control' && its === operation && (role === 'answer' || role === 'shadow') && calls > 0,
  );
}

/** Those whom the launch does not touch are compared with first; then those of whom there are most. */
function bestControl(candidate: PathReport, paths: readonly PathReport[]): PathReport | undefined {
  const answers = controlsOf(candidate, paths).filter(({ role }) => role === 'answer');
  const rank = ({ variation, calls }: PathReport) => (variation === 'off' ? Number.MAX_SAFE_INTEGER : calls);
  return answers.sort((one, other) => rank(other) - rank(one))[0];
}

function compare(control: PathReport, candidate: PathReport, against: PathComparison['against']): PathComparison {
  const [one, other] = [control.latencyMs, candidate.latencyMs];
  return {
    variation: candidate.variation,
    operation: candidate.operation,
    control,
    candidate,
    against,
    errors: differenceOf(candidate.errors, control.errors),
    latencyMs: one && other && { p50: other.p50 - one.p50, p95: other.p95 - one.p95, p99: other.p99 - one.p99 },
    latencyRatio: one && other && { p50: other.p50 / one.p50, p95: other.p95 / one.p95, p99: other.p99 / one.p99 },
  };
}
