import { request } from './request.ts';
import { targetingPath } from './targeting.ts';

/** How an allocation came to what it gave. */
export interface SplitTrace {
  readonly by: string;
  /** '': the context lacks it. */
  readonly key: string;
  readonly seed: string;
  /** 0 to 99,999. */
  readonly bucket?: number;
  readonly slices: readonly { readonly variation: string; readonly from: number; readonly to: number }[];
  readonly variation?: string;
}

export interface ConditionTrace {
  readonly attribute?: string;
  readonly operator: string;
  readonly not: boolean;
  /** What the context says, as text. */
  readonly actual?: string;
  readonly matches: boolean;
  readonly isKnown: boolean;
}

interface RuleTrace {
  readonly id: string;
  readonly index: number;
  readonly conditions: readonly ConditionTrace[];
  readonly matches: boolean;
  readonly split?: SplitTrace;
}

/** What somebody gets, and why, step by step. */
export interface Explanation {
  readonly evaluation: {
    readonly value?: unknown;
    readonly variation?: string;
    readonly reason: string;
    readonly ruleId?: string;
    readonly errorCode?: string;
    readonly errorMessage?: string;
  };
  readonly decidedBy: 'nothing' | 'off' | 'prerequisite' | 'target' | 'rule' | 'fallthrough';
  readonly prerequisites: readonly {
    readonly flag: string;
    readonly variations: readonly string[];
    readonly served?: string;
    readonly isOn: boolean;
    readonly isMet: boolean;
  }[];
  readonly target?: { readonly variation: string; readonly key: string };
  readonly rules: readonly RuleTrace[];
  readonly fallthrough?: SplitTrace;
  readonly revision: number;
  readonly at: number;
}

export function explain(project: string, flag: string, environment: string, context: object): Promise<Explanation> {
  return request<Explanation>(`${targetingPath(project, flag, environment)}/explain`, { body: { context } });
}
