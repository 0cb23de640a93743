// Why: decision 0143.
/** Heartbeat interval: how often a following tab asks whether the leader is still there. */
const ASK_MS = 2_000;
/** Missed heartbeats after which another tab leads. Hidden tabs get messages too, frozen ones do not. */
const GONE_AFTER = 3;
/** A tab that answers at all does so within some milliseconds. */
const FIRST_ANSWER_MS = 150;

/** What a stream tells, in whichever tab it is open. */
export interface StreamSink {
  readonly event: (type: string, data: string) => void;
  /** It is lost, and is being reopened. */
  readonly lost: () => void;
}

/** Opens a stream of this tab's own, and reopens it whenever it ends; the returned function closes it. */
export type OpenStream = (sink: StreamSink) => () => void;

interface Message {
  readonly from: string;
  /** Of the lead that the sender has or follows; a later one is greater. */
  readonly term: number;
  readonly kind: 'ask' | 'here' | 'gone' | 'event' | 'lost';
  /** Of `here`: whether what is shown is live. */
  readonly isLive?: boolean;
  readonly type?: string;
  readonly data?: string;
}

/**
 * Leader election by messages: one stream for all tabs of a browser in which the same person is signed in. Over
 * HTTP/1.1 a browser opens six connections to a host, so six streams would leave the seventh tab without any answer.
 * One tab leads: it has the stream, and passes events on. The others ask from time to time whether it is there; if it
 * closes, crashes or is frozen, another one leads. Two that lead for a moment have two streams, which hurts nobody; the
 * later one stays.
 *
 * @param name the same for all tabs that may share: names the person who is signed in
 * @returns ends it, and hands the lead on
 */
export function shareStream(name: string, open: OpenStream, sink: StreamSink): () => void {
  if (typeof BroadcastChannel === 'undefined') return open(sink);
  const channel = new BroadcastChannel(name);
  const me = crypto.getRandomValues(new Uint32Array(2)).join('-');
  let term = 0;
  let isLive = false;
  let close: (() => void) | null = null;
  let unanswered = 0;
  let asking: ReturnType<typeof setTimeout> | undefined;

  const send = (message: Omit<Message, 'from' | 'term'>): void => channel.postMessage({ from: me, term, ...message });
  const heard = (type: string, data: string): void => {
    // After any silence the first message is `hello`, after which everything that is shown is read again.
    if (!isLive && type !== 'hello') sink.event('hello', '{}');
    isLive = true;
    sink.event(type, data);
  };
  const cut = (): void => {
    isLive = false;
    sink.lost();
  };

  const lead = (): void => {
    clearTimeout(asking);
    if (close) return;
    term = Math.max(term + 1, Date.now());
    send({ kind: 'here', isLive: false });
    close = open({
      event(type, data) {
        send({ kind: 'event', type, data });
        heard(type, data);
      },
      lost() {
        send({ kind: 'lost' });
        cut();
      },
    });
  };
  const ask = (afterMs: number): void => {
    clearTimeout(asking);
    asking = setTimeout(() => {
      unanswered += 1;
      if (unanswered > GONE_AFTER || term === 0) return lead();
      send({ kind: 'ask' });
      ask(ASK_MS);
    }, afterMs);
  };
  const follow = (): void => {
    // A leader that hears of a later one was away, frozen perhaps: what came meanwhile has been missed.
    if (close) isLive = false;
    close?.();
    close = null;
    unanswered = 0;
    ask(ASK_MS);
  };

  channel.onmessage = ({ data: message }: MessageEvent<Message>) => {
    if (message.kind === 'ask') {
      if (close) send({ kind: 'here', isLive });
      return;
    }
    // The later lead stands; of two at the same moment, the one with the greater name.
    const isLater = message.term > term || (message.term === term && (close === null || message.from > me));
    if (!isLater) {
      if (close && message.kind !== 'gone') send({ kind: 'here', isLive });
      return;
    }
    term = message.term;
    if (message.kind === 'gone') {
      // Not all at once: the first is heard by the others.
      ask(Math.random() * FIRST_ANSWER_MS);
      unanswered = GONE_AFTER;
      return;
    }
    follow();
    if (message.kind === 'event') heard(message.type ?? '', message.data ?? '');
    else if (message.kind === 'lost') cut();
    else if (message.isLive && !isLive) heard('hello', '{}');
  };
  const leave = (): void => {
    if (close) send({ kind: 'gone' });
    close?.();
    close = null;
  };
  const over = new AbortController();
  const comeBack = (): void => {
    sink.event('reset', '{}');
    if (close) return;
    isLive = false;
    ask(0);
  };
  addEventListener('pagehide', leave, over);
  // Back from the browser's cache, or thawed: not everything that was said meanwhile has been heard.
  addEventListener('pageshow', ({ persisted }) => persisted && comeBack(), over);
  document.addEventListener('resume', comeBack, over);
  send({ kind: 'ask' });
  ask(FIRST_ANSWER_MS);
  return () => {
    over.abort();
    clearTimeout(asking);
    leave();
    channel.close();
  };
}
