import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { FakeServer } from '../../client/test/fake/fake-server.ts';
import { snapshotOf, switchFlag } from '../../client/test/fake/rules.ts';
import { builtModule } from '../../test/built.ts';

const SDK = await builtModule('sdk-node/src/index.ts');

/** Runs a program in a process of its own, which stops with any unhandled rejection. */
async function run(program: string): Promise<{ output: string; code: number | null; tookMs: number }> {
  const began = performance.now();
  const child = spawn(process.execPath, ['--unhandled-rejections=strict', '--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (text) => (output += text));
  child.stderr.on('data', (text) => (output += text));
  const [code] = await once(child, 'close');
  return { output: output.trim(), code, tookMs: performance.now() - began };
}

const setUp = (url: string) => `
  import { createClient } from '${SDK}';
  const flags = createClient({ url: '${url}', key: 'sdk_x', cache: false, logger: false });`;

it('a program that has done its work ends, though the client was never closed', async () => {
  const server = await FakeServer.start(snapshotOf({ a: switchFlag(true) }));
  const { output, code } = await run(`${setUp(server.url)}
    await flags.ready();
    console.log(flags.isEnabled('a'));`);
  expect({ output, code }).toEqual({ output: 'true', code: 0 });
  await server.close();
});

it('a program whose server is away waits for ready(), and no longer', async () => {
  const { output, code } = await run(`
    import { createClient } from '${SDK}';
    const flags = createClient({ url: 'http://127.0.0.1:1', key: 'k', cache: false, logger: false, initTimeoutMs: 300 });
    console.log(JSON.stringify(await flags.ready()));`);
  expect({ output, code }).toEqual({ output: '{"ready":false,"timedOut":true}', code: 0 });
});

it('options that are nonsense make a client that serves defaults', async () => {
  const { output, code } = await run(`
    import { createClient } from '${SDK}';
    for (const options of [undefined, null, 7, 'text', {}, { url: 'ftp://x', key: 'k' }, { url: {}, key: [] }, { url: 'http://[', key: 'k' }]) {
      const flags = createClient(options);
      console.log(flags.value('text', 'red'), flags.status().state, JSON.stringify(await flags.ready()));
    }`);
  expect(code).toBe(0);
  const lines = output.split('\n');
  expect(lines.filter((line) => line === 'red offline {"ready":false,"timedOut":false}')).toHaveLength(8);
  expect(lines.filter((line) => line.startsWith('[dimmer] OPTION_INVALID')).length).toBeGreaterThanOrEqual(8);
});

const countsOf = (server: FakeServer) =>
  server.batches.flatMap(({ summaries }) => summaries.flatMap(({ counts }) => counts));

it('what a program has counted is sent when it has nothing left to do, though nobody closed the client', async () => {
  const server = await FakeServer.start(snapshotOf({ a: switchFlag(true) }));
  const { code } = await run(`${setUp(server.url)}
    await flags.ready();
    for (let i = 0; i < 3; i++) flags.isEnabled('a');`);
  expect(code).toBe(0);
  expect(countsOf(server)).toEqual([{ flag: 'a', variation: 'on', count: 3 }]);
  await server.close();
});

it('a server that takes no reports keeps no program that has nothing left to do for longer than 2 s', async () => {
  const server = await FakeServer.start(snapshotOf({ a: switchFlag(true) }));
  server.behaviours.events = () => {};
  const { output, code } = await run(`${setUp(server.url)}
    await flags.ready();
    flags.isEnabled('a');
    let ends;
    process.on('beforeExit', () => (ends ??= performance.now()));
    process.on('exit', () => console.log(performance.now() - ends < 3_000));`);
  expect({ output, code }).toEqual({ output: 'true', code: 0 });
  await server.close();
});

it('a hundred clients add one listener to the process, which goes with the last', async () => {
  const { output } = await run(`
    import { createClient } from '${SDK}';
    const open = () => createClient({ url: 'http://127.0.0.1:1', key: 'k', cache: false, logger: false });
    const clients = Array.from({ length: 100 }, open);
    const during = process.listenerCount('beforeExit');
    await Promise.all(clients.map((client) => client.close()));
    console.log(during, process.listenerCount('beforeExit'));`);
  expect(output).toBe('1 0');
});

it('a function that is frozen between its calls reports each of them, by flush()', async () => {
  const server = await FakeServer.start(snapshotOf({ a: switchFlag(true) }));
  const child = spawn(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `${setUp(server.url)}
      await flags.ready();
      process.on('message', async () => {
        flags.isEnabled('a');
        await flags.flush();
        process.send('answered');
      });
      process.send('started');`,
    ],
    { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
  );
  await once(child, 'message');
  for (let call = 1; call <= 3; call++) {
    child.send('call');
    await once(child, 'message');
    expect(countsOf(server)).toHaveLength(call);
    child.kill('SIGSTOP');
    // What was kept open is gone when it is thawed.
    server.cut();
    child.kill('SIGCONT');
  }
  child.kill('SIGKILL');
  await server.close();
});
