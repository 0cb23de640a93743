import type { Fault } from './fault.ts';
import { killedServer } from './killed-server.ts';
import { powerLoss } from './power-loss.ts';

/** All faults that are programs of their own; those that are tests are found by their titles, see `tested-faults.ts`. */
export const FAULTS: readonly Fault[] = [killedServer, powerLoss];
