import type { DifferenceKind, NotComparedCause } from '@dimmer/core';
import type { Segment } from './ignored-paths.ts';

/** What a comparison came to. */
export type Verdict =
  | { readonly kind: 'same' }
  /** `isWhole`: they hold nothing that is not ignored, so nothing is known of them. */
  | { readonly kind: 'ignored'; readonly isWhole: boolean }
  | { readonly kind: 'failed'; readonly cause: NotComparedCause }
  | {
      readonly kind: 'different';
      readonly difference: DifferenceKind;
      readonly segments: readonly Segment[];
      readonly control: unknown;
      readonly candidate: unknown;
    };
