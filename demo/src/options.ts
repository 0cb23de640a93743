/** How the demo was asked to run. */
export interface Options {
  /** Port of the shop; 0 takes any that is free. */
  readonly port: number;
  /** `page`: ramp once a page has been opened; `now`: at once; `manual`: only when a person asks. */
  readonly ramp: 'page' | 'now' | 'manual';
  /** How long the ramp stays at each step. */
  readonly holdMs: number;
  /** The server as it was built; without, it runs from its sources, and has no dashboard. */
  readonly serverBuild: string | undefined;
}

const DEFAULT_HOLD_MS = 4_000;

export const USAGE = `npm run demo -- [--ramp | --manual] [--hold <ms>]

  --ramp        ramp at once, without waiting for a page
  --manual      ramp only by key or curl
  --server <f>  the built server, with its dashboard; \`npm run demo\` gives it
  --hold <ms>   stay this long at each step (default ${DEFAULT_HOLD_MS})

PORT=<port> fixes the shop's port; without it any free one is taken.`;

/** Reads the command line and the environment. What is wrong is told with the usage, which says the fix. */
export function readOptions(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): { readonly ok: true; readonly options: Options } | { readonly ok: false; readonly problem: string } {
  let ramp: Options['ramp'] = 'page';
  let holdMs = DEFAULT_HOLD_MS;
  let serverBuild: string | undefined;
  for (let at = 0; at < args.length; at++) {
    const word = args[at];
    if (word === '--ramp') ramp = 'now';
    else if (word === '--manual') ramp = 'manual';
    else if (word === '--server') serverBuild = args[++at];
    else if (word === '--hold') holdMs = Number(args[++at]);
    else return { ok: false, problem: `Unknown option ${word}.` };
  }
  if (!Number.isInteger(holdMs) || holdMs < 0) return { ok: false, problem: '--hold takes whole milliseconds.' };
  const port = Number(env.PORT ?? 0);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    return { ok: false, problem: `PORT is "${env.PORT}"; it must be a number from 0 to 65535.` };
  }
  return { ok: true, options: { port, ramp, holdMs, serverBuild } };
}
