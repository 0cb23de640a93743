import { BASE } from './base.ts';

// Why: decision 0153.
/** Nobody, or not known: a tab that hears it asks the server. */
const UNKNOWN = '';

/**
 * All tabs of a browser have one session. Each says who is signed in when it comes to know; so a tab that still shows the
 * pages of somebody else asks at once, and not when its next request is refused or, worse, done in another's name.
 *
 * @param person who is signed in here, by id
 * @param onOther somebody else may be signed in by now
 * @returns ends it
 */
export function watchPerson(person: string, onOther: () => void): () => void {
  const over = new AbortController();
  const heard = (other: string): void => {
    if (other !== person) onOther();
  };
  // Of what is said while a tab is frozen or lies in the cache not everything is heard.
  addEventListener('pageshow', ({ persisted }) => persisted && heard(UNKNOWN), over);
  document.addEventListener('resume', () => heard(UNKNOWN), over);
  if (typeof BroadcastChannel === 'undefined') return () => over.abort();
  const channel = new BroadcastChannel(`dimmer.person ${BASE}`);
  channel.onmessage = ({ data }: MessageEvent<string>) => heard(data);
  channel.postMessage(person);
  return () => {
    over.abort();
    channel.close();
  };
}

/** Tells the other tabs that nobody is signed in any more. */
export function announceSignOut(): void {
  if (typeof BroadcastChannel === 'undefined') return;
  const channel = new BroadcastChannel(`dimmer.person ${BASE}`);
  channel.postMessage(UNKNOWN);
  channel.close();
}
