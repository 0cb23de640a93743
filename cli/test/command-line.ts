import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { ADMIN_TOKEN } from '../../server/test/running-server.ts';
import { run } from '../src/program.ts';

/** How a command line is typed. */
export interface Typing {
  readonly env?: Record<string, string | undefined>;
  /** What a person answers when asked. Default: nobody is there. */
  readonly answers?: (question: string, kind?: 'secret') => string | Promise<string>;
  /** Told what is shown, as it is shown. */
  readonly onOut?: (text: string) => unknown;
  readonly onErr?: (text: string) => unknown;
}

/** What a command line has come to. */
export interface Typed {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A folder that is gone after the test. */
export async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'dimmer-cli-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** One command line, as typed, to a server; what it shows is caught. */
export async function type(
  url: string,
  line: string | readonly string[],
  { env = {}, answers, onOut, onErr }: Typing = {},
): Promise<Typed> {
  let out = '';
  let err = '';
  const terminal = {
    out: (text: string) => {
      out += text;
      onOut?.(text);
    },
    err: (text: string) => {
      err += text;
      onErr?.(text);
    },
    isInteractive: false,
    ...(answers && { ask: async (question: string, kind?: 'secret') => answers(question, kind) }),
  };
  const args = typeof line === 'string' ? line.split(' ') : line;
  const code = await run(args, terminal, { DIMMER_URL: url, DIMMER_TOKEN: ADMIN_TOKEN, ...env });
  return { code, out, err };
}
