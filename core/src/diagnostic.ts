/** What the evaluator noticed about a ruleset. Nobody is hurt by it, but somebody should be told. */
export interface Diagnostic {
  readonly code: /** The payload has a shape or a hash that this version does not know; nothing of it was applied. */
    | 'PAYLOAD_UNSUPPORTED'
    /** The payload is no snapshot or patch; nothing of it was applied. */
    | 'PAYLOAD_MALFORMED'
    /** A flag or segment is not of the right shape; its previous definition goes on, if it has one. */
    | 'MALFORMED'
    /** A rule has an operator that this version does not know; the rule never matches. */
    | 'OPERATOR_UNKNOWN'
    /** A condition has a value that its operator does not take; the rule never matches. */
    | 'CONDITION_INVALID';
  /** The flag or segment that it is about; '' if it is about the whole payload. */
  readonly key: string;
  readonly message: string;
}
