import { whatIs } from './copies.ts';
import { copyValue } from './copy-value.ts';
import type { CompareOptions } from './launch-options.ts';
import { said } from './said.ts';

/** What is handed to one of two sides. */
interface CopiedInput<Input> {
  readonly value: Input;
  /** Why it is the very object that the other side gets, if it is; undefined too where the caller has said that it may be. */
  readonly isShared?: string;
}

/** A copy of what is to be written: what cannot be copied is handed on as it is, for no write is left out. Throws nothing. */
export function copyInput<Input>(input: Input, clone: CompareOptions<never>['clone']): CopiedInput<Input> {
  if (clone === false || typeof input !== 'object' || input === null) return { value: input };
  try {
    if (clone) return { value: clone(input) };
    const copied = copyValue(input);
    if (copied.copied) return { value: copied.value as Input };
    return { value: input, isShared: copied.why === 'large' ? 'input: it is too large' : whatIs('input', copied) };
  } catch (error) {
    return { value: input, isShared: `\`clone\` threw: ${said(error)}` };
  }
}
