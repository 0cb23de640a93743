import type { Identity } from '../instances/instance-registry.ts';

const LONGEST = 100;

/** Who connects, by its own word: `instance`, `application`, `sdk`. What is too long is cut, not refused. */
export function identityFrom(said: {
  readonly instance?: string | null | undefined;
  readonly application?: string | null | undefined;
  readonly sdk?: string | null | undefined;
}): Identity {
  return { instance: cut(said.instance), application: cut(said.application), sdk: cut(said.sdk) };
}

function cut(text: string | null | undefined): string | null {
  return text ? text.slice(0, LONGEST) : null;
}
