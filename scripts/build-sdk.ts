/**
 * Builds the two published SDKs: core and client are bundled into each, code and types alike, so that whoever installs
 * an SDK installs one package. Each is there as a module and, for `require`, as CommonJS.
 *
 *     npx tsx scripts/build-sdk.ts            # both
 *     npx tsx scripts/build-sdk.ts browser    # one of them
 *     npm run api                             # both, and their public API as it is now is written down
 *
 * The public API of each entry is committed as a report, `<sdk>/api/<entry>.api.md`. A build whose API is another one
 * fails, so that nobody changes it without seeing it, in the same commit.
 *
 * Why: decision 0138.
 */
import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type BuildOptions, build, type Plugin } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const run = promisify(execFile);

type Sdk = 'node' | 'browser';

/** What is imported where it is needed stays a file of its own, under the name that the build gives it. */
function besides(files: { readonly [source: string]: string }): Plugin {
  return {
    name: 'files-besides',
    setup(bundler) {
      bundler.onResolve({ filter: /^\.\// }, ({ path, kind }) => {
        const file = kind === 'dynamic-import' ? files[path] : undefined;
        return file === undefined ? undefined : { path: file, external: true };
      });
    },
  };
}

/** How each SDK's code is bundled, and under which names. */
async function bundlesOf(sdk: Sdk): Promise<BuildOptions[]> {
  const folder = join(root, `sdk-${sdk}`);
  const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const common: BuildOptions = {
    absWorkingDir: root,
    bundle: true,
    target: 'es2022',
    define: { DIMMER_VERSION: JSON.stringify(version) },
    legalComments: 'none',
    logLevel: 'warning',
  };
  const bundles = (entry: string, name: string, more: BuildOptions = {}): BuildOptions[] =>
    (['esm', 'cjs'] as const).map((format) => {
      const ending = format === 'esm' ? '.js' : '.cjs';
      return {
        ...common,
        ...more,
        format,
        // Where modules are required, what is loaded later is required later: Jest has no other way.
        ...(format === 'cjs' && { supported: { 'dynamic-import': false } }),
        plugins: [besides({ './launch-shadows.ts': `./launch-shadows${more.minify ? '.min' : ''}${ending}` })],
        entryPoints: [join(folder, `src/${entry}.ts`)],
        outfile: join(folder, `dist/${name}${ending}`),
      };
    });
  if (sdk === 'node') {
    const node: BuildOptions = { platform: 'node', target: 'node20', external: ['eventsource'] };
    return [...bundles('index', 'index', node), ...bundles('testing', 'testing', node)];
  }
  return [
    ...bundles('index', 'index'),
    ...bundles('index', 'dimmer.min', { minify: true }),
    ...bundles('launch', 'launch'),
    ...bundles('launch', 'launch.min', { minify: true }),
    ...bundles('launch-shadows', 'launch-shadows'),
    ...bundles('launch-shadows', 'launch-shadows.min', { minify: true }),
  ];
}

/** The entries that have types of their own. */
const ENTRIES: { readonly [sdk in Sdk]: readonly string[] } = {
  node: ['index', 'testing'],
  browser: ['index', 'launch'],
};

/** Turns the sources of everything into declarations, in a folder of their own. */
async function declare(outDir: string): Promise<void> {
  const tsconfig = join(outDir, 'tsconfig.json');
  await writeFile(
    tsconfig,
    JSON.stringify({
      extends: join(root, 'tsconfig.json'),
      compilerOptions: {
        noEmit: false,
        declaration: true,
        emitDeclarationOnly: true,
        rewriteRelativeImportExtensions: true,
        rootDir: root,
        outDir,
        typeRoots: [join(root, 'node_modules/@types')],
      },
      include: ['core', 'client', 'client-node', 'sdk-node', 'sdk-browser'].map((folder) =>
        join(root, folder, 'src/**/*.ts'),
      ),
    }),
  );
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  await run(process.execPath, [tsc, '-p', tsconfig], { cwd: root }).catch(({ stdout }) => {
    throw new Error(`the types of the SDKs do not compile:\n${stdout}`);
  });
}

/** What becomes of the committed reports of the public API. */
type Reports = 'compare' | 'write';

/** One entry of an SDK, which has types of its own. */
interface Entry {
  readonly sdk: Sdk;
  readonly name: string;
}

/**
 * Gathers the declarations that each entry shows into one file that names no package of ours.
 *
 * @returns the paths of the reports that are not as they were
 */
async function rollUp(entries: readonly Entry[], declarations: string, reports: Reports): Promise<string[]> {
  // Loaded here, because it takes a second that a build of the server alone should not pay.
  const { CompilerState, Extractor, ExtractorLogLevel } = await import('@microsoft/api-extractor');
  const startOf = ({ sdk, name }: Entry) => join(declarations, `sdk-${sdk}/src/${name}.d.ts`);
  const tsconfig = join(declarations, 'rollup.json');
  const pathTo = (place: string) => [join(declarations, place)];
  await writeFile(
    tsconfig,
    JSON.stringify({
      compilerOptions: {
        target: 'ES2022',
        module: 'preserve',
        moduleResolution: 'bundler',
        lib: ['ES2023', 'DOM'],
        strict: true,
        skipLibCheck: true,
        types: [],
        allowImportingTsExtensions: true,
        noEmit: true,
        paths: {
          '@dimmer/core': pathTo('core/src/index.d.ts'),
          '@dimmer/client': pathTo('client/src/index.d.ts'),
        },
      },
      files: entries.map(startOf),
    }),
  );
  const configs = await Promise.all(entries.map((entry) => extractorConfig(entry, startOf(entry), tsconfig)));
  const [first] = configs;
  if (!first) return [];
  // All entries are one program: to read the same declarations for each of them took much longer.
  const compilerState = CompilerState.create(first, { additionalEntryPoints: entries.map(startOf) });
  const changed: string[] = [];
  for (const [index, { sdk, name }] of entries.entries()) {
    const { succeeded, apiReportChanged } = Extractor.invoke(configs[index] as typeof first, {
      compilerState,
      localBuild: reports === 'write',
      showVerboseMessages: false,
      messageCallback: (message) => {
        message.handled = message.logLevel !== ExtractorLogLevel.Error;
      },
    });
    if (!succeeded && !apiReportChanged)
      throw new Error(`the types of ${sdk} could not be rolled up; the messages above say why`);
    // The same types; by its name TypeScript knows that it is `require` that answers them.
    const types = join(root, `sdk-${sdk}/dist/${name}.d.ts`);
    await copyFile(types, types.replace(/ts$/, 'cts'));
    if (apiReportChanged && reports === 'compare') changed.push(`sdk-${sdk}/api/${name}.api.md`);
  }
  return changed;
}

async function extractorConfig({ sdk, name }: Entry, start: string, tsconfig: string) {
  const { ExtractorConfig, ExtractorLogLevel } = await import('@microsoft/api-extractor');
  const folder = join(root, `sdk-${sdk}`);
  const declarations = dirname(tsconfig);
  return ExtractorConfig.prepare({
    configObject: {
      projectFolder: declarations,
      mainEntryPointFilePath: start,
      bundledPackages: ['@dimmer/core', '@dimmer/client'],
      compiler: { tsconfigFilePath: tsconfig, skipLibCheck: true },
      apiReport: {
        enabled: true,
        reportFileName: name,
        // What an exported type extends is its API too, and much of it has no name of its own outside.
        includeForgottenExports: true,
        reportFolder: join(folder, 'api'),
        reportTempFolder: join(declarations, `api-${sdk}`),
      },
      docModel: { enabled: false },
      tsdocMetadata: { enabled: false },
      dtsRollup: { enabled: true, untrimmedFilePath: join(folder, `dist/${name}.d.ts`) },
      messages: {
        extractorMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
        tsdocMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
      },
    },
    configObjectFullPath: undefined,
    packageJson: JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')),
    packageJsonFullPath: join(folder, 'package.json'),
  });
}

/**
 * Builds the SDKs into their `dist` folders.
 *
 * @throws if a public API is not as its committed report says; what was built is there all the same
 */
export async function buildSdks(
  sdks: readonly Sdk[] = ['node', 'browser'],
  reports: Reports = 'compare',
): Promise<void> {
  const changed: string[] = [];
  const declarations = await mkdtemp(join(tmpdir(), 'dimmer-types-'));
  try {
    await declare(declarations);
    for (const sdk of sdks) {
      await rm(join(root, `sdk-${sdk}/dist`), { recursive: true, force: true });
      for (const options of await bundlesOf(sdk)) await build(options);
    }
    const entries = sdks.flatMap((sdk) => ENTRIES[sdk].map((name) => ({ sdk, name })));
    changed.push(...(await rollUp(entries, declarations, reports)));
  } finally {
    await rm(declarations, { recursive: true, force: true });
  }
  if (changed.length > 0)
    throw new Error(
      `The public API is not what ${changed.join(' and ')} ${changed.length > 1 ? 'say' : 'says'}. If that is meant: npm run api, look at the difference, and commit it with the change.`,
    );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const named = process.argv.slice(2).filter((sdk): sdk is Sdk => sdk === 'node' || sdk === 'browser');
  const reports = process.argv.includes('--write-reports') ? 'write' : 'compare';
  await buildSdks(named.length > 0 ? named : undefined, reports);
}
