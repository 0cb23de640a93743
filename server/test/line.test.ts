import { expect, it } from 'vitest';
import { Line } from '../src/change-log/line.ts';

it('A line runs work one after another, what is urgent before all that waits, and goes on after work that failed', async () => {
  const line = new Line();
  const done: string[] = [];
  let open = (): void => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const work = (name: string) => async () => {
    if (name === 'first') await gate;
    done.push(name);
    if (name === 'fails') throw new Error(name);
    return name;
  };
  const first = line.run(work('first'));
  const failed = line.run(work('fails')).catch((error: Error) => error.message);
  const last = line.run(work('last'));
  await Promise.resolve();
  const kills = ['kill 1', 'kill 2'].map((name) => line.run(work(name), { isUrgent: true }));
  open();
  expect(await Promise.all([first, failed, last, ...kills])).toEqual(['first', 'fails', 'last', 'kill 1', 'kill 2']);
  expect(done).toEqual(['first', 'kill 1', 'kill 2', 'fails', 'last']);
  await line.settled();
  expect(await line.run(work('later'))).toBe('later');
});
