/**
 * Page lifecycle: a page has its stream while it is visible and online. A tab that has been hidden for a minute
 * gives it up, as does one that is left or frozen: a page with an open connection is not kept for the way back.
 * Why: decision 0076.
 */
import type { Lifecycle } from '@dimmer/client';

const HIDDEN_MS = 60_000;
/** A timer that is late by as much has slept with the machine, and a connection that has slept is worth nothing. */
const ASLEEP_MS = 20_000;
const TICK_MS = 4_000;
/** The whole street gets its network back at the same instant. */
const ONLINE_SPREAD_MS = 1_000;

const EVENTS = ['visibilitychange', 'pagehide', 'pageshow', 'freeze', 'resume', 'online', 'offline'];

export const followPage: Lifecycle = ({ stream, reporter }) => {
  const over = new AbortController();
  let isResting = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let tickedAt = Date.now();

  function connect(): void {
    isResting = false;
    stream.connect();
  }

  function rest(): void {
    isResting = true;
    stream.rest();
  }

  function notice(type?: string): void {
    const isHidden = globalThis.document?.hidden;
    const leaves = type === 'pagehide' || type === 'freeze';
    clearTimeout(timer);
    // Each may be the last that this page hears.
    if (leaves || isHidden) reporter?.flushNow();
    if (leaves || navigator.onLine === false) rest();
    else if (isHidden) timer = setTimeout(rest, HIDDEN_MS);
    else if (isResting) timer = setTimeout(connect, type === 'online' ? Math.random() * ONLINE_SPREAD_MS : 0);
  }

  const ticking = setInterval(() => {
    const sleptMs = Date.now() - tickedAt - TICK_MS;
    tickedAt += TICK_MS + sleptMs;
    // Timers of hidden pages are late without that.
    if (sleptMs > ASLEEP_MS && !isResting && !globalThis.document?.hidden) stream.connect();
  }, TICK_MS);

  // In the capturing phase, because `freeze` and `resume` do not bubble up from the document.
  for (const type of EVENTS) addEventListener(type, () => notice(type), { capture: true, signal: over.signal });
  if (navigator.onLine !== false) stream.connect();
  notice();
  return () => {
    over.abort();
    clearTimeout(timer);
    clearInterval(ticking);
  };
};
