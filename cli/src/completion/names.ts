import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ApiClient } from '../api/api-client.ts';
import { type GivenSettings, readSettings, type Settings } from '../api/settings.ts';

const FRESH_MS = 60_000;
/** Completion waits no longer than that; then what was known before must do. */
const ANSWER_MS = 700;
/** As the server takes keys. Nothing else gets near a shell. */
const KEY = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;

const LISTS = {
  projects: 'GET /projects',
  flags: 'GET /projects/{project}/flags',
  environments: 'GET /projects/{project}/environments',
} as const;

type Kind = keyof typeof LISTS;

interface Kept {
  readonly at: number;
  readonly keys: readonly string[];
}

/** Keys of flags, environments and projects, kept for a minute between one key press and the next. Never fails. */
export class Names {
  readonly #env: Readonly<Record<string, string | undefined>>;

  constructor(env: Readonly<Record<string, string | undefined>>) {
    this.#env = env;
  }

  /** @param given what the command line says about server, token and project */
  async read(kind: Kind, given: GivenSettings): Promise<readonly string[]> {
    let kept: Kept | undefined;
    try {
      const settings = await readSettings(given, this.#env);
      const file = this.#fileOf(kind, settings);
      kept = await readKept(file);
      if (kept && Date.now() - kept.at < FRESH_MS) return kept.keys;
      const keys = await ask(kind, settings);
      await keep(file, { at: Date.now(), keys });
      return keys;
    } catch {
      return kept?.keys ?? [];
    }
  }

  /** What one token may read is no business of another. */
  #fileOf(kind: Kind, { url, token, project }: Settings): string {
    const mark = createHash('sha256')
      .update(JSON.stringify([url, token, project]))
      .digest('hex')
      .slice(0, 24);
    const folder = this.#env.XDG_CACHE_HOME || join(this.#env.HOME ?? '.', '.cache');
    return join(folder, 'dimmer', `${kind}-${mark}.json`);
  }
}

async function ask(kind: Kind, settings: Settings): Promise<string[]> {
  const asked = { query: { limit: '1000' }, timeoutMs: ANSWER_MS };
  const { items } = await new ApiClient(settings).ask(LISTS[kind], {}, asked);
  return items.map(({ key }) => key).filter((key) => KEY.test(key));
}

async function readKept(file: string): Promise<Kept | undefined> {
  try {
    const { at, keys } = JSON.parse(await readFile(file, 'utf8')) as Kept;
    return { at, keys: keys.filter((key) => KEY.test(key)) };
  } catch {
    return undefined;
  }
}

async function keep(file: string, kept: Kept): Promise<void> {
  await mkdir(join(file, '..'), { recursive: true, mode: 0o700 });
  await writeFile(`${file}.${process.pid}`, JSON.stringify(kept), { mode: 0o600 });
  await rename(`${file}.${process.pid}`, file);
}
