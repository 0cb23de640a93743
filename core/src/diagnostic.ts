/** What the evaluator noticed about a ruleset. Nobody is hurt by it, but somebody should be told. */
export interface Diagnostic {
  readonly code: /** The payload is no ruleset, or one of a schema or hash that this version does not know. Nothing was applied. */
    | 'PAYLOAD_UNSUPPORTED'
    /** A flag or segment is not of the right shape. What had its key before goes on; else callers get their default. */
    | 'MALFORMED'
    /** A condition has an operator that this version does not know, or a value that the operator does not take. */
    | 'CONDITION_UNKNOWN';
  /** The flag or segment that it is about; '' if it is about the whole payload. */
  readonly key: string;
  readonly message: string;
}
