/** Parts: what a host adds to launches beyond the ports, and has in its bundle for it. Why: decision 0191. */
import type { Holds } from './holds.ts';
import type { CreateMigrating } from './migration.ts';
import type { CreateShadowing } from './shadowing.ts';
import type { CreateSwitchback } from './switchback.ts';
import type { answerWithin } from './time-limit.ts';
import type { warmCopies } from './warm-copies.ts';

export interface LaunchParts {
  /** Makes what runs and compares shadows; in browsers that is loaded when it is needed. */
  readonly shadowing: CreateShadowing;
  /** Makes `migration`. Absent in browsers, where no data is migrated. */
  readonly migrating?: CreateMigrating | undefined;
  /** Makes code that is given up after a time. Absent in browsers, whose bundle is spared it. */
  readonly limit?: typeof answerWithin | undefined;
  /** Makes the experiment whether callers feel the shadows of a flag. Absent where there are no callers: in pages. */
  readonly switchback?: CreateSwitchback | undefined;
  /** What the server says of flags whose shadows are felt. Absent where there is no experiment. */
  readonly holds?: Pick<Holds, 'percentOf'> | undefined;
  /** Runs code that callers wait for in advance, so that the engine has compiled it. Absent in pages: they are open for minutes. */
  readonly warmUp?: typeof warmCopies | undefined;
}
