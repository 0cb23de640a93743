import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readConfig } from '../../server/src/config.ts';
import { madeEnv } from '../deploy/compose-file.ts';

const root = new URL('../..', import.meta.url).pathname;
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const { engines } = JSON.parse(read('package.json')) as { engines: { node: string } };

describe("the reports of the SDKs' API", () => {
  it.each(['sdk-node/api/index', 'sdk-node/api/testing', 'sdk-browser/api/index', 'sdk-browser/api/launch'])(
    '%s has what callers call, also where an exported type only extends it',
    (report) => expect(read(`${report}.api.md`)).toMatch(/^ {4}isEnabled\(key: string/m),
  );
});

describe('what editors and hosts are told', () => {
  it('is one version of Node in .nvmrc and in the image, and those that are supported where it is hosted', () => {
    const [image] = /^FROM node:(\d+)\./m.exec(read('Dockerfile'))?.slice(1) ?? [];
    expect(read('.nvmrc').trim()).toBe(image);
    const { jobs } = parse(read('.github/workflows/ci.yml'));
    const versions: string[] = jobs.run.strategy.matrix.node;
    expect(engines.node).toBe(`>=${versions[0]}.0`);
    expect(read('docs/sdk.md')).toContain(`Node ${versions.slice(0, -1).join(', ')} and ${versions.at(-1)}`);
  });

  it('is nothing but .ci/run, where it is hosted', () => {
    const { jobs, permissions } = parse(read('.github/workflows/ci.yml'));
    const steps: { run?: string; uses?: string }[] = jobs.run.steps;
    expect(steps.flatMap(({ run }) => run ?? [])).toEqual(['.ci/run']);
    expect(steps.flatMap(({ uses }) => uses?.split('@')[0] ?? [])).toEqual(['actions/checkout', 'actions/setup-node']);
    expect(permissions).toEqual({ contents: 'read' });
  });

  it('is the same of indentation and length of lines as biome is told', () => {
    const { formatter } = JSON.parse(read('biome.json'));
    const [everywhere = ''] = read('.editorconfig').split(/^\[\*\.md\]/m);
    expect(everywhere).toContain(`indent_style = ${formatter.indentStyle}`);
    expect(everywhere).toContain(`indent_size = ${formatter.indentWidth}`);
    expect(everywhere).toContain(`max_line_length = ${formatter.lineWidth}`);
  });

  it('starts files that are there, with settings that the server knows', () => {
    const { configurations } = JSON.parse(read('.vscode/launch.json')) as {
      configurations: { name: string; program?: string; webRoot?: string; env?: Record<string, string> }[];
    };
    for (const { program, webRoot, env } of configurations) {
      const path = (program ?? webRoot ?? '').replace(/^\$\{workspaceFolder\}\//, '');
      expect(existsSync(join(root, path)), path).toBe(true);
      if (env) expect(readConfig(env)).toMatchObject({ ok: true });
    }
  });

  it('can be told to the server by the .env that compose has, too: node --env-file=.env server/dist/main.js', () => {
    expect(readConfig(madeEnv())).toMatchObject({ ok: true, config: { port: 4400, database: { kind: 'sqlite' } } });
  });

  it('asks for an issue in forms that can be read', () => {
    const folder = '.github/ISSUE_TEMPLATE';
    const forms = readdirSync(join(root, folder)).filter((name) => name !== 'config.yml');
    expect(forms.length).toBeGreaterThan(1);
    for (const form of forms) {
      const { name, description, body } = parse(read(`${folder}/${form}`));
      expect([typeof name, typeof description]).toEqual(['string', 'string']);
      const asked: { type: string; id?: string; attributes: { label?: string; value?: string } }[] = body;
      for (const { type, id, attributes } of asked) {
        expect(type === 'markdown' ? attributes.value : id && attributes.label, form).toBeTruthy();
      }
    }
  });
});
