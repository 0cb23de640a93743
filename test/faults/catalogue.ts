import { failingDisk } from './failing-disk.ts';
import type { Fault } from './fault.ts';
import { floods } from './floods.ts';
import { fullDisk } from './full-disk.ts';
import { growingLog } from './growing-log.ts';
import { hostilePayloads } from './hostile-payloads.ts';
import { jumpingClock } from './jumping-clock.ts';
import { killSwitch } from './kill-switch.ts';
import { killedServer } from './killed-server.ts';
import { lostFile } from './lost-file.ts';
import { powerLoss } from './power-loss.ts';
import { proxiedStreams } from './proxied-streams.ts';
import { restoredBackup } from './restored-backup.ts';
import { stalledServer } from './stalled-server.ts';

// Why: decision 0088.
/** All faults that are programs of their own; those that are tests are found by their titles, see `vitest-faults.ts`. */
export const FAULTS: readonly Fault[] = [
  killedServer,
  powerLoss,
  failingDisk,
  fullDisk,
  growingLog,
  restoredBackup,
  jumpingClock,
  stalledServer,
  hostilePayloads,
  proxiedStreams,
  lostFile,
  killSwitch,
  floods,
];
