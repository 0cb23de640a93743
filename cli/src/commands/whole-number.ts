import { InvalidArgumentError } from 'commander';

/**
 * How an option that takes a whole number is read.
 *
 * @param least the smallest that it may be
 * @returns for commander, which shows the error
 */
export function wholeNumberFrom(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (Number.isSafeInteger(value) && value >= least) return value;
    throw new InvalidArgumentError(`Write a whole number, ${least} or more.`);
  };
}
