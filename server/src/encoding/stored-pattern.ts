import type { JsonValue } from '@dimmer/core';
import { compilePattern, PatternError } from '@dimmer/core/pattern';
import { MAX_FLAG_INSTRUCTIONS, MAX_INSTRUCTIONS, sizeOfProgram } from '@dimmer/core/pattern-program';

/**
 * Compiles the stored patterns of one flag, or of one segment, as far as there is room for them. Patterns are checked
 * when they are written, so one that does not compile, or for which there is no room, was written by another version of
 * the server, or by a hand in the database. It travels as it is: SDKs see that it is no program, the condition never
 * matches, negated or not, and all other flags go on.
 */
export class PatternRoom {
  /** How many instructions the patterns have so far. */
  taken = 0;

  /** The program of a pattern. */
  compile(pattern: JsonValue, ignoreCase: boolean): JsonValue {
    if (typeof pattern !== 'string' || this.taken > MAX_FLAG_INSTRUCTIONS) return pattern;
    try {
      const program = compilePattern(pattern, { ignoreCase });
      this.taken += sizeOfProgram(program);
      return this.taken > MAX_FLAG_INSTRUCTIONS ? pattern : program;
    } catch (error) {
      // To find out took as long as the longest that is right.
      this.taken += MAX_INSTRUCTIONS;
      if (error instanceof PatternError) return pattern;
      throw error;
    }
  }
}
