/** What the process ends with. Stable: scripts compare them. */
export const EXIT = {
  ok: 0,
  /** The server refused, or what was asked about is not so. */
  refused: 1,
  /** What was typed makes no sense. */
  usage: 2,
  /** The server cannot be reached, or cannot answer now. */
  unreachable: 3,
  /** Done, and not confirmed by every instance in time. */
  unconfirmed: 4,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Ends a command with a message for a person. */
export class CommandProblem extends Error {
  override readonly name = 'CommandProblem';
  readonly exitCode: ExitCode;
  readonly fix: string | undefined;

  constructor(exitCode: ExitCode, message: string, fix?: string) {
    super(message);
    this.exitCode = exitCode;
    this.fix = fix;
  }
}
