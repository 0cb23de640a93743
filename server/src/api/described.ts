import type { JsonValue } from '@dimmer/core';

type Plain = string | number | boolean | null | undefined;

/** Of a union, the fields of all its members, and what one of them is. */
type FieldsOf<Shape> = Shape extends unknown ? keyof Shape : never;
type FieldOf<Shape, Name> = Shape extends unknown ? (Name extends keyof Shape ? Shape[Name] : never) : never;
type ItemOf<Shape> = Shape extends readonly (infer Item)[] ? Item : never;
type Below<Name extends string, Path> = [Path] extends [never] ? never : `${Name}.${Path & string}`;

/**
 * The fields that something has and that a shape does not, at any depth, as paths: `items.colour`. TypeScript itself
 * looks for such fields only where an object is written out, and not at what is spread or comes back from a function.
 */
type Undescribed<Given, Shape> = unknown extends Shape
  ? never
  : [JsonValue] extends [Shape]
    ? never
    : Given extends Plain
      ? never
      : Given extends readonly (infer Item)[]
        ? Undescribed<Item, ItemOf<Shape>>
        : {
            [Name in keyof Given & string]-?: Name extends FieldsOf<Shape>
              ? Below<Name, Undescribed<Given[Name], FieldOf<Shape, Name>>>
              : Name;
          }[keyof Given & string];

// Why: decision 0181.
/** Nothing, if a shape describes all that something has; else what it would have to be, which nothing is. */
export type Described<Given, Shape> = [Undescribed<Given, Shape>] extends [never]
  ? unknown
  : { readonly 'not described in the contract': Undescribed<Given, Shape> };
