/** What an SDK must survive: every check, by number, with what it asks in short. Its tests begin with the number. */

export interface Section {
  readonly name: string;
  /** Number → what is asked. */
  readonly checks: Readonly<Record<number, string>>;
}

export const SECTIONS: readonly Section[] = [
  {
    name: 'Init',
    checks: {
      1: '`ready()` gives up waiting after 5 s, and never rejects',
      2: 'with the server down the first answer takes at most 1 ms, from cache, bootstrap or default',
      3: 'connecting goes on after `ready()` has given up; ready as soon as the server answers',
      4: 'a connection that is taken and not answered is given up after 10 s',
      5: 'a stream with headers and no first event is given up after 10 s',
      6: '100 concurrent `ready()`: one stream, no timer left',
      7: 'options that are nonsense fall back with one warning; polling no more often than every 30 s',
      8: 'an environment without flags is ready',
      9: 'addresses with and without a slash at the end, with a path, with IPv6',
      10: 'two clients in one process or page do not disturb each other',
    },
  },
  {
    name: 'Reconnect',
    checks: {
      11: 'after a close, a reset, an end, an I/O error, a name that does not resolve; at first and later',
      12: '400, 408, 425, 429, 5xx: soon. 204 and a page of HTML: rarely, and never not at all',
      13: '401, 403, 404, 405, 410 and TLS that fails: every 150 to 300 s, one line in the log',
      14: 'of 10,000 clients at most 3.5 % come back within the same 100 ms',
      15: 'the cap comes before the jitter',
      16: 'only a stream of 60 s forgets earlier failures',
      17: '`Retry-After` in seconds or as a date, at most 300 s, jitter on top',
      18: '`retry:` makes nobody quicker or slower than reason allows',
      19: 'a half-open connection is noticed within 50 s',
      20: 'told to wait for 10 s: no attempt within 100 ms',
      21: 'the rules are fetched once at the first failure of a client that has heard nothing; polling begins after 30 s or three failures, every 30 s ± 10 %, with an ETag',
      22: 'while it polls a stream is tried every 60 to 300 s; polling ends when one is there',
      23: 'a `goodbye` is obeyed and is no failure',
      24: 'redirects within the origin, at most three; the key never goes elsewhere',
      25: 'after a sleep of ten minutes one attempt within 5 s',
      26: 'the proxy of the environment, for stream, poll and events',
    },
  },
  {
    name: 'Ordering and versions',
    checks: {
      27: 'a patch from the id that is held is applied, the same again is ignored, any other leads to a snapshot',
      28: 'removing an unknown flag is no error; an older patch is refused afterwards',
      29: 'a patch is applied whole or not at all',
      30: 'an event that is cut off is not applied, and the id stays at the last that was',
      31: 'an event that comes twice calls nobody twice',
      32: 'from A to B and back to A is delivered',
      33: 'a gap leads to a snapshot within 5 s',
      34: 'after a backup was restored every client converges within 60 s, in no mixed state',
      35: 'resuming beyond the server’s memory gives a snapshot',
      36: 'any order and repetition of events ends in the same state, in 10,000 cases',
      37: 'a snapshot takes away what is not in it',
      38: 'a segment arrives together with the flag that asks it',
      39: 'changes that are not of the environment move its id too',
      40: 'the same content has the same id on two servers',
      41: '304 just when nothing has changed',
      42: 'a stream is opened also when rules came from the cache',
      43: 'streaming that is impossible: one warning and polling',
    },
  },
  {
    name: 'Parsing',
    checks: {
      44: 'malformed JSON drops the connection, rules stay, in step again within 5 s',
      45: 'a malformed flag keeps its former version, the others go on',
      46: 'unknown events, fields and operators hurt nobody',
      47: 'any chunking, line ending, BOM and comment: the same result',
      48: 'an event over 16 MiB: dropped, the heap grows by less than 32 MiB',
      49: 'JSON nested deeper than 64 and gzip bombs are refused',
      50: 'numbers that are none or too large, weights that are none',
      51: 'lone surrogates, NUL, right-to-left; one hash in Node and browsers',
      52: 'a captive portal’s page leaves rules and cache alone',
      53: 'keys like `__proto__` work in every way',
      54: 'attributes like `__proto__` match nothing inherited',
    },
  },
  {
    name: 'Evaluation',
    checks: {
      55: 'never throws',
      56: 'another type: the default and `TYPE_MISMATCH`',
      57: 'cycles of prerequisites end in the default, a diamond is fine',
      58: 'unknown variations and empty allocations: the default, for that flag alone',
      59: 'more than 10,000 buckets are frozen',
      60: 'the end of an allocation is served, weight 0 never',
      61: 'raising a percentage only adds people',
      62: 'buckets are even, and those of two flags independent',
      63: 'Node, browser and core give the same answers',
      64: 'patterns take linear time',
      65: 'a list of 100,000: 0.05 ms at the 99th percentile',
      66: 'ten rules: 0.02 ms at the 99th percentile; loading 5,000 flags blocks for 50 ms at most',
      67: 'rules about the time go by the server’s clock, also when ours jumps',
      68: 'the order of evaluation is documented, and the vectors hold it',
    },
  },
  {
    name: 'Cache',
    checks: {
      69: 'a kill at any point of a write leaves the old rules or the new',
      70: 'a corrupt cache is ignored with one warning',
      71: 'keyed by server and key, shows no key, mode 0600',
      72: 'the age of rules is told; `STALE` after `maxStaleMs`',
      73: 'storage that throws: works from memory',
      74: 'another key’s rules are never served',
      75: 'a file system that cannot be written: works from memory',
    },
  },
  {
    name: 'Reports',
    checks: {
      76: 'what waits is bounded, the newest is dropped, one warning',
      77: 'counts go on while nothing can be sent',
      78: 'a batch is sent again after 1 s ± 50 % under its name, and counted once',
      79: '413: halved until it fits, only what alone is too large is dropped',
      80: '401 and 403 on reports touch no flag, and are retried rarely',
      81: 'closing takes 2 s at most, and never holds up the end of a process longer',
      82: 'no attribute of a context is in any report',
      83: 'an evaluation waits for nothing and allocates at most 200 bytes for being counted',
    },
  },
  {
    name: 'Browser',
    checks: {
      84: 'seven tabs have one stream, and fetches of the page do not wait',
      85: 'another tab takes over within 3 s, nothing is lost',
      86: 'hidden for 60 s: no stream; visible: fresh within 2 s',
      87: 'leaving a page sends what is counted; coming back from the back/forward cache is in step within 2 s',
      88: 'offline: no attempt; online: back within 1 s',
      89: 'works under a strict content security policy',
      90: 'within its budget of bytes, no globals, no effect when imported on a server',
    },
  },
  {
    name: 'Lifecycle and security',
    checks: {
      91: 'closing: sockets gone within 1 s, no timer or listener left, 1,000 cycles grow the heap by less than 2 MB',
      92: '72 hours with a reconnect each minute: no growth',
      93: 'no rejection and no error escapes',
      94: 'a listener that throws or never resolves stops nobody',
      95: 'TLS: self-signed, expired, wrong host, TLS 1.1 are refused; an authority of one’s own works',
      96: 'the key is in no address, log, error, file or stack',
      97: 'the status tells state, since, id, age and error, and says within 60 s that a connection is lost',
      98: '24 hours without a network: no error, no growth',
    },
  },
];

/** What of a check does not apply as it is asked of SDKs in general, and why. */
export const REMARKS: Readonly<Record<number, string>> = {
  18: '`retry:` is not read at all (decision 31), so neither end of its range can be passed',
  20: 'there is no such option; the server asks by `goodbye` or `Retry-After`',
  48: 'a line has no limit of its own: a snapshot is one line of up to 16 MiB',
  68: 'mutation testing is not part of the tests',
  76: 'counters, not events (decision 34): 100 summaries of former ids wait in Node, fewer in browsers',
  92: 'run with `DIMMER_FAULTS=long`: the reconnects of 72 hours without the waiting between them',
};
