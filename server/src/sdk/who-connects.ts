import { cleaned } from '../cleaned.ts';
import type { Identity } from '../instances/instance.ts';

// Why: decision 0052.
const LONGEST = 100;

/**
 * Who connects, as it names itself: `instance`, `application`, `sdk`, and `receipts=0` if it never sends receipts.
 * What is too long is cut, not refused; control characters have no place in a name.
 */
export function identityFrom(said: {
  readonly instance?: string | null | undefined;
  readonly application?: string | null | undefined;
  readonly sdk?: string | null | undefined;
  readonly client?: string | null | undefined;
  readonly receipts?: string | null | undefined;
}): Identity {
  return {
    instance: clean(said.instance),
    application: clean(said.application),
    sdk: clean(said.sdk),
    client: clean(said.client),
    sendsReceipts: said.receipts !== '0',
  };
}

function clean(text: string | null | undefined): string | null {
  if (!text) return null;
  return cleaned(text.slice(0, LONGEST)) || null;
}
