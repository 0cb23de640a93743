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
  /** Asked for with --detailed-exitcode: there is something to apply. */
  pending: 5,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Ends a command with a message for a person. */
export class CommandProblem extends Error {
  override readonly name = 'CommandProblem';
  readonly exitCode: ExitCode;
  readonly fix: string | undefined;
  /** What goes between message and fix, a line each. */
  readonly lines: readonly string[];

  constructor(exitCode: ExitCode, message: string, fix?: string, lines: readonly string[] = []) {
    super(message);
    this.exitCode = exitCode;
    this.fix = fix;
    this.lines = lines;
  }
}

/** What a server says of its refusal, besides the message. */
interface RefusalFacts {
  readonly code: string;
  readonly said: string;
  readonly fix?: string | undefined;
  readonly path?: string | undefined;
}

/** Ends a command because the server refuses, with the code that docs/errors.md explains. */
export class Refusal extends CommandProblem {
  /** E.g. `VERSION_CONFLICT`. */
  readonly code: string;
  /** The message alone. */
  readonly said: string;
  /** The field at fault, e.g. `rules[2].when[0].operator`. */
  readonly path: string | undefined;

  constructor(exitCode: ExitCode, { code, said, fix, path }: RefusalFacts) {
    super(exitCode, `${code}: ${said}`, fix);
    this.code = code;
    this.said = said;
    this.path = path;
  }
}
