import { createRequire } from 'node:module';
import { arch, cpus, loadavg, platform } from 'node:os';
import type { Participant } from './participant.ts';

const require = createRequire(import.meta.url);

/** One line about where the figures come from, and how busy it was: wall times mean little where others work. */
export function describeMachine(): string {
  const [first] = cpus();
  const hardware = `${cpus().length} × ${first?.model.trim()}, ${platform()} ${arch()}`;
  return `Node ${process.version}, V8 ${process.versions.v8}, ${hardware}, load of the last minute ${loadavg()[0]?.toFixed(1)}`;
}

/** `flagd-core 4.0.1`, or only the name of what has no package. */
export function nameWithVersion(participant: Participant): string {
  if (!participant.npmPackage) return participant.name;
  return `${participant.name} ${readVersion(participant.npmPackage)}`;
}

/** Read beside the entry point, because not every package exports its package.json. */
function readVersion(name: string): string {
  const folders = require.resolve.paths(name) ?? [];
  for (const folder of folders) {
    try {
      return (require(`${folder}/${name}/package.json`) as { version: string }).version;
    } catch {
      // Not in this folder; the next one up.
    }
  }
  return '(version unknown)';
}
