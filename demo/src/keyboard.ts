/** What each key does. */
export type KeyActions = Readonly<Record<string, () => void>>;

const CTRL_C = '\u0003';

/**
 * Listens to single keys. On a terminal no Enter is needed; from a pipe each character counts, so a script can press
 * keys too.
 *
 * @returns stops listening and gives the terminal back as it was.
 */
export function listenToKeys(input: NodeJS.ReadStream, actions: KeyActions): () => void {
  function onData(text: string): void {
    for (const character of text) {
      // In raw mode the terminal no longer makes a signal of Ctrl-C.
      if (character === CTRL_C) process.kill(process.pid, 'SIGINT');
      actions[character]?.();
    }
  }
  if (input.isTTY) input.setRawMode(true);
  input.setEncoding('utf8').on('data', onData);
  return () => {
    input.off('data', onData);
    if (input.isTTY) input.setRawMode(false);
    input.pause();
  };
}
