/**
 * Leader election by Web Locks: one stream for all tabs of an origin that show the same environment. Browsers open six
 * connections to a host, and seven tabs with a stream each would starve the eighth and every `fetch` of the page. The
 * tab that holds the lock leads: it opens the stream, and passes events on to the others over a BroadcastChannel. The
 * browser hands the lock on when the leading tab is closed or crashes; from a tab that is frozen or hidden it is taken.
 *
 * The names of lock and channel hold the SDK's version: tabs with another one have a stream of their own, and need not
 * understand these messages. Why: decision 0075.
 */
import type { HeldRules, StreamFailure, StreamSink, StreamSource } from '@dimmer/client';

/** Heartbeat interval: how often a visible tab asks whether the leader is still there. Hidden tabs get messages too. */
const ASK_MS = 700;
/** Missed heartbeats after which the lead is taken. */
const TAKE_AFTER = 3;
/** Locks do not work here: a stream of its own. */
const ALONE_AFTER = 6;
/** A tab whose stream is lost or sent away keeps the lead for so long, for the others to hear first that they are to wait. */
const KEEP_MS = 1_000;

/** Messages between tabs. */
interface Message {
  /** The lead that the sender holds or follows; a later one is greater. */
  readonly term: number;
  readonly from: number;
  /** The tab that it is meant for; all, if absent. */
  readonly to?: number;
  /** Asks the leader for the present state; says what is held already. */
  readonly join?: string;
  /** Heartbeat: asks the leader whether it is there. */
  readonly ask?: true;
  /** From the leader: it is there, and hidden or not. */
  readonly hidden?: boolean;
  /** From the leader: it has just begun. */
  readonly begins?: true;
  /** An event of the stream. */
  readonly event?: readonly [type: string, data: string];
  /** The stream is lost. */
  readonly lost?: StreamFailure;
}

const isHidden = (): boolean => !!globalThis.document?.hidden;

/**
 * @param name the same for all tabs that may share
 * @param source opens a stream of this tab's own
 * @param held what this tab holds, and answers other tabs with
 */
export function shareStream(name: string, source: StreamSource, held: HeldRules): StreamSource {
  /** The last stream of this tab's own failed before it delivered, so that others had better lead. */
  let hasFailed = false;

  function open(id: string, sink: StreamSink): () => void {
    const me = Math.random();
    const over = new AbortController();
    /** Tabs that have asked for the present state before it was known, and what they hold. */
    const waiting = new Map<number, string>();
    let channel: BroadcastChannel | undefined;
    /** That of this tab, if it leads, or of the one that it follows. */
    let term = 0;
    let leads = false;
    /** Our own stream has begun to deliver; or the leader has told us where it is, so that what comes now fits. */
    let isCurrent = false;
    let isTaking = false;
    let unanswered = 0;
    let keepMs = 0;
    let closeOwn: (() => void) | undefined;
    /** Gives the lock back, or up the place in the queue for it. */
    let letGo: (() => void) | undefined;
    let timer: ReturnType<typeof setInterval> | undefined;

    function send(message: Partial<Message>): void {
      channel?.postMessage({ term, from: me, ...message });
    }

    function deliver(type: string, data: string): void {
      sink.event(type, data);
      isCurrent = true;
      // Where to go on from, should this tab have to lead.
      id = held.ruleset.id;
    }

    /** Waits in the queue for the lead, or takes it from the leader. */
    async function compete(steal = false): Promise<void> {
      const queue = new AbortController();
      let isMine = false;
      letGo?.();
      letGo = () => queue.abort();
      try {
        // Not both: a theft cannot be called off.
        await navigator.locks.request(name, steal ? { steal } : { signal: queue.signal }, () => {
          isMine = !over.signal.aborted && !leads;
          return isMine && new Promise<void>((giveBack) => lead(giveBack));
        });
      } catch (error) {
        if (over.signal.aborted) return;
        // Another tab has taken it; or we have called it off ourselves; or there are no locks here.
        if (isMine) follow();
        else if ((error as Error)?.name !== 'AbortError') alone();
      }
    }

    function take(): void {
      if (!isTaking) void compete(true);
      isTaking = true;
    }

    function lead(giveBack: () => void): void {
      letGo = giveBack;
      term = Math.max(Date.now(), term + 1);
      send({ begins: true });
      openOwn();
    }

    function openOwn(): void {
      clearInterval(timer);
      leads = true;
      isCurrent = false;
      waiting.clear();
      try {
        closeOwn = source.open(id, {
          alive: sink.alive,
          event(type, data) {
            if (type === 'goodbye') {
              keepMs = KEEP_MS;
              send({ event: [type, data] });
            }
            const wasCurrent = isCurrent;
            hasFailed = false;
            deliver(type, data);
            // What this tab could not use is not passed on.
            if (over.signal.aborted) return;
            send({ event: [type, data] });
            if (!wasCurrent) for (const [tab, its] of waiting) tell(tab, its);
          },
          failed(failure) {
            hasFailed = !isCurrent;
            keepMs = KEEP_MS;
            send({ lost: failure });
            close();
            sink.failed(failure);
          },
        });
      } catch (error) {
        // `EventSource` throws at an address that is none.
        close();
        sink.failed({ message: `${error}`, refused: true });
      }
    }

    /** Tells one tab the present state: nothing but where we are, if it is there too. */
    function tell(to: number, its: string): void {
      if (its !== id) send({ to, event: ['snapshot', JSON.stringify(held.ruleset.snapshot())] });
      send({ to, event: ['ping', JSON.stringify({ id, at: held.serverNow(), clients: held.clients })] });
    }

    function follow(): void {
      closeOwn?.();
      leads = isCurrent = isTaking = false;
      unanswered = 0;
      void compete();
      send({ join: id });
      clearInterval(timer);
      timer = setInterval(() => {
        if (isHidden()) return;
        send({ ask: true });
        unanswered++;
        if (unanswered === TAKE_AFTER) take();
        if (unanswered === ALONE_AFTER) alone();
      }, ASK_MS);
    }

    function alone(): void {
      letGo?.();
      channel?.close();
      channel = undefined;
      openOwn();
    }

    function hear({ from, to, join, ask, hidden, begins, event, lost, ...message }: Message): void {
      if (to && to !== me) return;
      if (leads) {
        send({ hidden: isHidden() });
        if (join === undefined) return;
        if (isCurrent) tell(from, join);
        else waiting.set(from, join);
      } else if (!ask && join === undefined && message.term >= term) {
        term = message.term;
        unanswered = 0;
        if (begins) {
          isCurrent = false;
          send({ join: id });
        }
        if (hidden && !isHidden() && !hasFailed) take();
        if (lost) {
          close();
          sink.failed(lost);
        } else if (event && (to || isCurrent)) deliver(...event);
      }
    }

    function close(): void {
      if (over.signal.aborted) return;
      over.abort();
      closeOwn?.();
      clearInterval(timer);
      channel?.close();
      if (keepMs) setTimeout(() => letGo?.(), keepMs);
      else letGo?.();
    }

    try {
      channel = new BroadcastChannel(name);
      channel.onmessage = ({ data }) => hear(data);
      addEventListener('visibilitychange', () => send(leads ? { hidden: isHidden() } : { ask: true }), {
        signal: over.signal,
      });
      follow();
    } catch {
      alone();
    }
    return close;
  }

  return { open };
}
