/** One event of a stream, as the HTML standard reads it. */
export interface ServerEvent {
  readonly event: string;
  readonly data: string;
}

/** Longer than any change that the server announces; what is longer is not kept. */
const MAX_CHARACTERS = 4 * 1024 * 1024;

/**
 * Reads server-sent events from text as it arrives. Comments are left out; what is left of an event when the text ends
 * is dropped, as it may be half.
 *
 * @param onText told that something has arrived, be it a comment
 * @throws Error if an event does not end
 */
export async function* readEvents(
  chunks: AsyncIterable<Uint8Array>,
  onText: () => void = () => {},
): AsyncGenerator<ServerEvent> {
  const decoder = new TextDecoder();
  let rest = '';
  let event = '';
  let data: string[] = [];
  for await (const chunk of chunks) {
    onText();
    rest += decoder.decode(chunk, { stream: true });
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    if (rest.length > MAX_CHARACTERS) throw new Error('an event does not end');
    for (const line of lines) {
      if (line === '') {
        if (data.length > 0) yield { event: event || 'message', data: data.join('\n') };
        event = '';
        data = [];
        continue;
      }
      const [, name, value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
      if (name === 'event') event = value;
      if (name === 'data') data.push(value);
    }
  }
}
