/** One variable that cannot be used, and what to write instead. */
export interface ConfigProblem {
  readonly variable: string;
  readonly message: string;
}
