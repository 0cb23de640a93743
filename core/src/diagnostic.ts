/** What the evaluator noticed about a ruleset. Nobody is hurt by it, but somebody should be told. */
export interface Diagnostic {
  readonly code: /** The payload is no ruleset, or one of a schema or hash that this version does not know. Nothing was applied. */
    | 'PAYLOAD_UNSUPPORTED'
    /** A flag or segment is not of the right shape. What had its key before goes on; else callers get their default. */
    | 'MALFORMED'
    /** A condition has an operator that this version does not know, or a value that the operator does not take. */
    | 'CONDITION_UNKNOWN'
    /** The patterns of a flag or segment have too many instructions. The rule that goes beyond never matches. */
    | 'PATTERNS_TOO_LARGE'
    /** An evaluation had no steps left for a condition, which did not match then, negated or not. */
    | 'STEPS_EXCEEDED'
    /** An attribute is there, but not as the operator reads it: the condition did not match, negated or not. */
    | 'ATTRIBUTE_UNREADABLE'
    /** A rule was passed over, because the context lacks the attribute that it splits by. */
    | 'SPLIT_KEY_MISSING';
  /** The flag or segment that it is about; '' if it is about the whole payload. */
  readonly key: string;
  readonly message: string;
}
