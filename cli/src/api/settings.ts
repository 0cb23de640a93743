import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CommandProblem, EXIT } from '../text/exit-codes.ts';

/** Which server, by which token, and what is meant where nothing is said. */
export interface Settings {
  readonly url: string;
  readonly token: string;
  readonly project: string;
}

/** What may be said on the command line. */
export interface GivenSettings {
  readonly url?: string | undefined;
  readonly token?: string | undefined;
  readonly project?: string | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** `$XDG_CONFIG_HOME/dimmer/settings.json`, or in `~/.config`. */
function settingsPath(env: Environment): string {
  return join(env.XDG_CONFIG_HOME || join(env.HOME ?? '.', '.config'), 'dimmer', 'settings.json');
}

/**
 * The settings, from best to worst: the command line, `DIMMER_URL` `DIMMER_TOKEN` (or `DIMMER_ADMIN_TOKEN`)
 * `DIMMER_PROJECT`, what `login` has kept. The project is `default` if nobody says otherwise.
 *
 * @throws CommandProblem if there is no server or no token
 */
export async function readSettings(given: GivenSettings, env: Environment): Promise<Settings> {
  const kept = await keptSettings(env);
  const url = given.url ?? env.DIMMER_URL ?? kept.url;
  // A token that was kept for one server is not shown to another.
  const token = given.token ?? tokenIn(env) ?? (url === kept.url ? kept.token : undefined);
  if (!url || !token) {
    throw new CommandProblem(
      EXIT.usage,
      url ? 'There is no token.' : 'There is no server.',
      'Run: dimmer login <url>, in a terminal. Or set DIMMER_URL and DIMMER_TOKEN.',
    );
  }
  if (!URL.canParse(url) || !/^https?:/.test(url)) {
    throw new CommandProblem(EXIT.usage, `"${url}" is no address of a server.`, 'Write e.g. https://flags.example.com');
  }
  return {
    url: url.replace(/\/+$/, ''),
    token,
    project: given.project ?? env.DIMMER_PROJECT ?? kept.project ?? 'default',
  };
}

/** `DIMMER_TOKEN`, or else `DIMMER_ADMIN_TOKEN`: the server's own variable, and the one that its first start prints. */
export function tokenIn(env: Environment): string | undefined {
  return env.DIMMER_TOKEN || env.DIMMER_ADMIN_TOKEN || undefined;
}

/** Keeps settings for the next time, readable by their owner alone. */
export async function keepSettings(settings: Settings, env: Environment): Promise<string> {
  const path = settingsPath(env);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeFile(`${path}.new`, `${JSON.stringify(settings, null, 2)}\n`, { mode: 0o600 });
  await chmod(`${path}.new`, 0o600);
  await rename(`${path}.new`, path);
  return path;
}

async function keptSettings(env: Environment): Promise<GivenSettings> {
  try {
    return JSON.parse(await readFile(settingsPath(env), 'utf8')) as GivenSettings;
  } catch {
    return {};
  }
}
