/** A project like a user's: the packed tarballs installed in an empty folder, far from this repository. */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { buildSdks } from '../../scripts/build-sdk.ts';

export const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

export class InstalledProject {
  readonly folder: string;
  /** By the name of the package. */
  readonly tarballs = new Map<string, string>();

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** Builds and packs the SDKs, and installs them without a network. */
  static async create(): Promise<InstalledProject> {
    const project = new InstalledProject(await mkdtemp(join(tmpdir(), 'dimmer-packages-')));
    await buildSdks();
    await mkdir(join(project.folder, 'installed'), { recursive: true });
    await project.#pack(
      ...[join(root, 'sdk-node'), join(root, 'sdk-browser')],
      ...[await project.#copyOf('eventsource'), await project.#copyOf('eventsource-parser')],
    );
    await project.write('package.json', '{ "name": "user", "version": "1.0.0", "private": true }');
    const options = ['--offline', '--no-audit', '--no-fund', '--ignore-scripts'];
    await run('npm', ['install', ...options, ...project.tarballs.values()], { cwd: project.folder });
    return project;
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  async write(name: string, text: string): Promise<string> {
    await mkdir(dirname(this.path(name)), { recursive: true });
    await writeFile(this.path(name), text);
    return this.path(name);
  }

  /**
   * Runs a command in the project.
   *
   * @returns all that it said
   * @throws Error with all that it said, if it fails
   */
  async run(command: string, ...args: string[]): Promise<string> {
    try {
      const { stdout, stderr } = await run(command, args, { cwd: this.folder });
      return `${stdout}${stderr}`.trim();
    } catch (error) {
      const { message, stdout, stderr } = error as Error & { stdout: string; stderr: string };
      throw new Error(`${message}\n${stdout}${stderr}`);
    }
  }

  /** Runs a program in a file, by this version of Node. */
  async runFile(name: string, text: string): Promise<string> {
    await this.write(name, text);
    return this.run(process.execPath, name);
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Packs folders with a package each: all in one go, because npm takes half a second of work to begin. */
  async #pack(...folders: string[]): Promise<void> {
    const options = ['--json', '--ignore-scripts', '--pack-destination', this.folder];
    const packed = JSON.parse((await run('npm', ['pack', ...options, ...folders])).stdout);
    for (const { name, filename } of packed) this.tarballs.set(name, this.path(filename));
  }

  /** A copy of an installed package, so that packing it does not touch the original. */
  async #copyOf(name: string): Promise<string> {
    const manifest = createRequire(join(root, 'sdk-node/package.json')).resolve(`${name}/package.json`);
    const copy = this.path(`installed/${name}`);
    await cp(dirname(manifest), copy, { recursive: true });
    return copy;
  }
}
