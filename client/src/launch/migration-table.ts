/**
 * Who is authoritative at each stage of a migration. `control` is the old side, `candidate` the new.
 *
 * Neighbouring stages get along with each other, because a change of the flag reaches the processes one after another,
 * and a ramp has people at two stages on purpose. The old side is written until the very last stage, so that up to there
 * every step can be taken back.
 */
import type { LaunchPath, MigrationStage } from '@dimmer/core';

interface StageRule {
  /** The side whose answer a reader gets. */
  readonly reads: LaunchPath;
  /** What the other side does for a read: nothing; runs in the shadow and is compared; and may stand in if this one fails. */
  readonly other: 'nothing' | 'shadow' | 'shadow and fallback';
  /** Who is written, in this order. The first is authoritative: if it fails, the write has failed and the second is not tried. */
  readonly writes: readonly [LaunchPath] | readonly [LaunchPath, LaunchPath];
}

export const MIGRATION_TABLE: { readonly [stage in MigrationStage]: StageRule } = {
  // As before there was a migration.
  off: { reads: 'control', other: 'nothing', writes: ['control'] },
  // New data arrives on both sides; the backfill copies what was there before.
  'dual-write': { reads: 'control', other: 'nothing', writes: ['control', 'candidate'] },
  // Both are read, and compared, until they agree.
  shadow: { reads: 'control', other: 'shadow', writes: ['control', 'candidate'] },
  // The new side answers. The old one is complete still, so it can be compared, stand in, and take over again.
  live: { reads: 'candidate', other: 'shadow and fallback', writes: ['candidate', 'control'] },
  // The new side is on its own when it is read; going back is still possible.
  'ramp-down': { reads: 'candidate', other: 'nothing', writes: ['candidate', 'control'] },
  // The old side is no longer touched. From here there is no way back but by copying.
  complete: { reads: 'candidate', other: 'nothing', writes: ['candidate'] },
};
