import { isDeepStrictEqual } from 'node:util';
import type { Question } from './participant.ts';
import type { Scenario } from './scenarios.ts';
import type { Person } from './workload.ts';

/** How far a share may be off: five standard deviations of 4,096 fair coins are 0.039. */
const SHARE_TOLERANCE = 0.04;

/** All flags of a ruleset are a thousand answers at once, so fewer people will do. */
const PEOPLE_FOR_ALL = 32;

/**
 * Asks for everybody and compares with what the scenario expects: a benchmark that times wrong answers flatters.
 * Returns what is wrong, or null.
 */
export async function findWrongAnswer(
  scenario: Scenario,
  question: Question<unknown>,
  people: readonly Person[],
): Promise<string | null> {
  const answers: unknown[] = [];
  const count = scenario.call === 'all' ? PEOPLE_FOR_ALL : people.length;
  for (let index = 0; index < count; index += 1) answers.push(await question(index));
  const { expectation } = scenario;
  switch (expectation.kind) {
    case 'exactly':
      return findDifference(answers, people, (person) => expectation.answer(person));
    case 'about':
      return findOutside(answers, people, expectation);
    case 'shares':
      return findWrongShare(answers, expectation.shares);
  }
}

function findDifference(
  answers: readonly unknown[],
  people: readonly Person[],
  expected: (person: Person) => unknown,
): string | null {
  for (const [index, person] of people.entries()) {
    if (!isDeepStrictEqual(answers[index], expected(person))) {
      return `${person.id}: ${JSON.stringify(answers[index])} instead of ${JSON.stringify(expected(person))}`;
    }
  }
  return null;
}

function findOutside(
  answers: readonly unknown[],
  people: readonly Person[],
  { answer, tolerance }: { answer(person: Person): number; readonly tolerance: number },
): string | null {
  for (const [index, found] of answers.entries()) {
    const person = people[index];
    if (!person) break;
    const expected = answer(person);
    if (!(Math.abs(Number(found) - expected) <= tolerance))
      return `${person.id}: ${found} instead of about ${expected}`;
  }
  return null;
}

function findWrongShare(answers: readonly unknown[], shares: ReadonlyMap<unknown, number>): string | null {
  const counts = new Map<unknown, number>();
  for (const answer of answers) counts.set(answer, (counts.get(answer) ?? 0) + 1);
  for (const [answer, count] of counts) {
    const share = count / answers.length;
    const expected = shares.get(answer) ?? 0;
    if (Math.abs(share - expected) > SHARE_TOLERANCE)
      return `${answer}: ${share.toFixed(3)} of all instead of ${expected}`;
  }
  return null;
}
