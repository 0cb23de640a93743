/**
 * The globals beside JavaScript's own that Node, browsers and edge runtimes all have, and that core and client may use:
 * no more of each than they need. Anything else (timers, fetch, process, window) comes by the client's Platform.
 * Read by core/tsconfig.json and client/tsconfig.json only; every other program has the types of its runtime.
 */

declare class URL {
  constructor(url: string, base?: string | URL);
  readonly href: string;
  readonly hostname: string;
}

interface TextEncoder {
  encode(text?: string): Uint8Array;
  encodeInto(text: string, destination: Uint8Array): { read: number; written: number };
}
// A variable, because core asks `globalThis` whether it is there: Jest's page has none.
declare var TextEncoder: { new (): TextEncoder };

declare class AbortSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

declare class AbortController {
  readonly signal: AbortSignal;
  abort(reason?: unknown): void;
}

declare class DOMException extends Error {
  constructor(message?: string, name?: string);
}

declare class Blob {
  readonly size: number;
  readonly type: string;
}

declare class FormData {
  append(name: string, value: string | Blob): void;
  forEach(each: (value: string | Blob, name: string) => void): void;
}

declare function queueMicrotask(task: () => void): void;
