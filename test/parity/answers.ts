/** What somebody answers to the questions of a round, as text that can be compared across machines. */
import { createRound, type Question } from './random-questions.ts';

/** What core's functions and a client's methods have in common. */
export interface Answerer {
  readonly isEnabled: (question: Question) => boolean;
  readonly evaluate: (question: Question) => {
    readonly value: unknown;
    readonly variation: string | undefined;
    readonly reason: string;
    readonly ruleId: string | undefined;
    readonly errorCode: string | undefined;
  };
}

/** One line for each question of a round. */
export function answerRound(round: number, create: (snapshot: object) => Answerer): string[] {
  const { snapshot, questions } = createRound(round);
  // As from the wire, so that nobody shares objects with the maker.
  const answerer = create(JSON.parse(JSON.stringify(snapshot)));
  return questions.map((question) => {
    const { value, variation, reason, ruleId, errorCode } = answerer.evaluate(question);
    return JSON.stringify([answerer.isEnabled(question), value, variation, reason, ruleId, errorCode]);
  });
}

/** A digest of lines, 53 bits (cyrb53, public domain): a million lines need not travel from the browser. */
export function digest(lines: readonly string[]): number {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (const line of lines) {
    for (let i = 0; i < line.length; i++) {
      const code = line.charCodeAt(i);
      a = Math.imul(a ^ code, 2_654_435_761);
      b = Math.imul(b ^ code, 1_597_334_677);
    }
  }
  a = Math.imul(a ^ (a >>> 16), 2_246_822_507) ^ Math.imul(b ^ (b >>> 13), 3_266_489_909);
  b = Math.imul(b ^ (b >>> 16), 2_246_822_507) ^ Math.imul(a ^ (a >>> 13), 3_266_489_909);
  return 4_294_967_296 * (2_097_151 & b) + (a >>> 0);
}
