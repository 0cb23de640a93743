/** One thing that is wrong, or probably not meant, somewhere in a targeting or a segment. */
export interface Problem {
  readonly code: string;
  readonly severity: 'error' | 'warning';
  readonly message: string;
  /** E.g. `rules[2].when[0].values[0]`. */
  readonly path: string;
  readonly fix?: string;
}

export function problem(code: string, path: string, message: string, fix?: string): Problem {
  return { code, severity: 'error', path, message, ...(fix !== undefined && { fix }) };
}
