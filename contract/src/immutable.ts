import type { JsonValue } from '@dimmer/core';

/** `T` with everything in it readonly: documents are shared by state, changes and rulesets, so nobody may edit one. */
export type Immutable<T> = JsonValue extends T
  ? T
  : T extends readonly (infer Item)[]
    ? readonly Immutable<Item>[]
    : T extends object
      ? { readonly [Key in keyof T]: Immutable<T[Key]> }
      : T;
