/** How much is written: a level and all above it. */
type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Facts beside a message. Never a key, a token or a context: what is logged is read by more people than the database. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** Where the server writes what happened. Injected, so tests are silent and a host may use its own. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

interface LoggerOptions {
  readonly level: LogLevel;
  /** `json`: one object a line, for machines; `text`: for people. */
  readonly format: 'json' | 'text';
  readonly now: () => number;
  /** Receives one line without its line end. */
  readonly write: (line: string) => void;
}

/** A logger that writes one line for each message. */
export function createLogger({ level, format, now, write }: LoggerOptions): Logger {
  const threshold = LEVELS.indexOf(level);
  const line = format === 'json' ? jsonLine : textLine;
  const at =
    (messageLevel: LogLevel) =>
    (message: string, fields: LogFields = {}): void => {
      if (LEVELS.indexOf(messageLevel) >= threshold) write(line(now(), messageLevel, message, fields));
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/** Says nothing. The default wherever a logger is not given. */
export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} };

function jsonLine(at: number, level: LogLevel, message: string, fields: LogFields): string {
  // The fields come first, so a field named `message` cannot replace the message.
  return JSON.stringify({ ...fields, time: new Date(at).toISOString(), level, message });
}

function textLine(at: number, level: LogLevel, message: string, fields: LogFields): string {
  const facts = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}=${JSON.stringify(value)}`)
    .join('');
  return `${new Date(at).toISOString()} ${level.padEnd(5)} ${message}${facts}`;
}
