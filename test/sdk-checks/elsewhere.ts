/** Checks that the tests of a package hold already, so that no test is written twice: number → file and title. */

const CLIENT = 'client/test/client.test.ts';
const STREAM = 'client/test/stream.test.ts';
const REPORTS = 'client/test/reports.test.ts';
const RETRY = 'client/test/retry-policy.test.ts';
const DELIVERY = 'sdk-node/test/delivery.test.ts';
const FILE_CACHE = 'sdk-node/test/file-cache.test.ts';
const PROCESS = 'sdk-node/test/ending.process.test.ts';
const DECISION = 'core/test/decision.property.test.ts';
const PEOPLE = 'core/test/population.test.ts';
const VECTORS = 'core/test/vectors.test.ts';
const NEVER = 'core/test/never-throws.test.ts';
const RULESET = 'core/test/ruleset.test.ts';
const BROWSER = 'test/browser/sdk.test.ts';

/** A test: its file, and its title as it stands there, or the part of it before anything that is filled in. */
export type Place = readonly [file: string, title: string];

export const ELSEWHERE: Readonly<Record<number, readonly Place[]>> = {
  1: [[CLIENT, 'gives up waiting after 5 s and never rejects; connecting goes on']],
  2: [
    [
      CLIENT,
      'comes from the stream before the cache, the cache before the bootstrap, the bootstrap before the default',
    ],
    [BROWSER, 'keeps its rules for a page that opens while the server is away'],
  ],
  3: [[DELIVERY, 'that starts before its server decides by defaults at once, and is ready soon after the server is']],
  6: [[CLIENT, 'asked a hundred times opens one stream and leaves no timer']],
  7: [
    [CLIENT, 'of the wrong kind fall back to their default with one warning each'],
    [CLIENT, 'that do not exist are named'],
    [STREAM, 'after three failures, every 30 s ± 10 %, until a stream works'],
    [BROWSER, 'serves defaults, and says so, for options that are nonsense'],
  ],
  8: [[CLIENT, 'of an environment without flags is ready']],
  9: [
    [DELIVERY, 'finds the server below '],
    [DELIVERY, 'finds a server by its IPv6 address'],
  ],
  10: [[DELIVERY, 'two in one process do not know each other']],
  12: [
    [RETRY, 'takes %i for trouble that passes'],
    [STREAM, 'by %i, and opened again within a second'],
    [STREAM, 'by %i, and opened again after minutes, for ever'],
    [BROWSER, 'comes back after a 503, for which EventSource gives up for ever'],
  ],
  13: [
    [RETRY, 'asks rarely after %i: every 150 to 300 s'],
    [RETRY, 'asks rarely after a certificate that is refused'],
    [DELIVERY, 'whose key is refused says so once, goes on deciding, and does not ask again at once'],
  ],
  14: [
    [RETRY, 'spreads the first attempt after a stream that had worked over 5 s, because the whole fleet has lost it'],
  ],
  15: [[RETRY, 'waits between half and the whole of 1 s · 2^n, and never more than 30 s']],
  16: [[STREAM, 'more and more rarely, as long as no stream has lasted for 60 s']],
  17: [[RETRY, 'waits as long as Retry-After asks, at most 300 s, and jitters on top']],
  19: [
    [STREAM, 'by silence: 45 s after the last event'],
    ['test/faults/proxy-half-open.test.ts', 'F12 nothing comes through ('],
  ],
  21: [[STREAM, 'after 30 s without a stream, also where streams are refused by something in between']],
  23: [
    [STREAM, 'by a goodbye: not a failure, and back in the time that the server gave'],
    ['test/browser/tabs.test.ts', 'follow a goodbye together, and have one stream afterwards'],
  ],
  24: [[DELIVERY, 'follows a redirect within the origin']],
  25: [['test/browser/page-lifecycle.test.ts', 'that has slept for ten minutes reconnects at once and once']],
  27: [
    [STREAM, 'that is a patch from the id that is held is applied'],
    [STREAM, 'that came before is ignored, and nobody is called'],
    [STREAM, 'that is a patch from elsewhere changes nothing; a snapshot is asked for within 5 s'],
  ],
  29: [
    [RULESET, 'in the middle of an evaluation does not disturb it'],
    ['test/faults/proxy-cut.test.ts', 'F13 at any byte of a patch keeps the former state whole, and resumes'],
  ],
  30: [
    [DELIVERY, 'whose stream %s keeps its rules and is live again within seconds'],
    [BROWSER, 'ignores a snapshot that is cut off, and a malformed patch'],
  ],
  31: [[STREAM, 'that came before is ignored, and nobody is called']],
  32: [[STREAM, 'that reverts to a former id is a change like any other']],
  33: [
    [STREAM, 'that is a ping with another id means something was missed'],
    [
      'test/faults/proxy-events.test.ts',
      'F27 that %s: the client ends where the server is, and never decides by a mixture',
    ],
  ],
  34: [
    [STREAM, 'of a restored server, with the same revision and another hash, leads to its snapshot'],
    [
      'test/faults/restored-backup.ts',
      'after a backup was restored under running clients, all of them have the restored state within a minute',
    ],
  ],
  35: [
    ['server/test/hub/hub.test.ts', 'sends a snapshot to a client that was away for longer than the server remembers'],
  ],
  37: [[STREAM, 'that is a snapshot takes away the flags that are not in it']],
  38: [[STREAM, 'that brings a segment and the flag that asks it brings both at once']],
  39: [
    [
      'server/test/change-log.test.ts',
      'moves the id of all environments by a flag, of one by a targeting, of none by another project',
    ],
    [
      'server/test/ruleset-view.test.ts',
      'gives an empty patch for a change that no SDK can see, so that ids follow from the log alone',
    ],
  ],
  40: [
    ['server/test/ruleset-view.test.ts', 'is the same text for the same id'],
    ['server/test/change-log.test.ts', 'gives the same ids after a restart'],
  ],
  41: [
    ['server/test/sdk/ruleset.test.ts', 'is not sent again to who has it, also when a proxy has weakened the tag'],
    ['server/test/sdk/ruleset.test.ts', 'is new as soon as a change is acknowledged'],
  ],
  42: [[STREAM, 'also when rules came from the cache, from whose id it goes on']],
  44: [[STREAM, 'that is a %s of %s is not used; what is held stays, and a snapshot is asked for']],
  45: [
    [STREAM, 'with one malformed flag leaves that flag as it was and brings the others'],
    [RULESET, 'with a malformed flag leaves that flag as it was, applies the rest, and says so'],
  ],
  46: [
    [STREAM, 'of an unknown name, or with unknown fields, hurts nobody'],
    [
      'server/test/versions-side-by-side.test.ts',
      'SDKs receive the unknown operator, and fail closed on that rule alone',
    ],
  ],
  47: [
    [DELIVERY, 'takes any chunking and any line ending for the same stream'],
    ['test/faults/proxy-pieces.test.ts', 'F14 %s lead to the same state, in one connection'],
  ],
  49: [
    [DELIVERY, 'refuses JSON nested deeper than 64, and keeps its rules'],
    [DELIVERY, 'survives a gzip bomb'],
  ],
  51: [[DECISION, 'agrees with the murmurhash package on any text, well formed or not']],
  52: [[DELIVERY, 'that is answered with %s keeps its rules, and its key']],
  54: [
    [DECISION, 'inherited attributes count as missing, own ones without a prototype count'],
    [DECISION, 'gives an answer, throws nothing, and leaves Object.prototype alone'],
  ],
  55: [
    [NEVER, 'for any flags, segments and contexts'],
    [NEVER, 'for any payload'],
    [CLIENT, 'never throws, whatever is asked'],
  ],
  56: [[CLIENT, 'is the default, and says why, for what cannot be answered']],
  57: [[VECTORS, 'come out as the vectors say']],
  58: [[VECTORS, 'come out as the vectors say']],
  59: [
    [VECTORS, 'are the ones that were frozen: changing them would move people'],
    [VECTORS, 'are where keys still fall'],
  ],
  60: [
    [PEOPLE, 'are served just the slice that their bucket lies in'],
    [PEOPLE, 'are nobody at 0 %, and everybody at 100 %, of a rule too'],
  ],
  61: [
    [PEOPLE, 'who were reached by 1 → 10 → 25 → 50 → 100 % stay'],
    [DECISION, 'only ever adds people: 1 → 10 → 25 → 50 → 100 %, and nobody leaves'],
  ],
  62: [
    [DECISION, 'is even: the chi-square over 1,000 groups of buckets is not out of the ordinary'],
    [DECISION, 'of one flag says nothing about that of another, nor about neighbouring keys'],
  ],
  63: [
    ['test/parity/parity.test.ts', 'the Node SDK answers '],
    ['test/parity/parity.test.ts', 'the browser SDK in Chromium answers '],
  ],
  64: [
    ['core/test/patterns.test.ts', 'take time in proportion to the text, also those that are catastrophic elsewhere'],
  ],
  68: [[DECISION, 'names what decided, and agrees with the evaluator in every case of the vectors']],
  69: [
    [
      'client-node/test/file-cache-killed.process.test.ts',
      'a process that is killed while it writes leaves the old rules or the new, whole: ',
    ],
  ],
  70: [
    [FILE_CACHE, 'and have been turned into %j are ignored'],
    [CLIENT, 'may hold flags named like properties of every object'],
  ],
  71: [[FILE_CACHE, 'are readable by their owner alone, and show the key neither in name nor content']],
  72: [[CLIENT, 'says STALE once the server has been silent for longer than the caller allows']],
  73: [[BROWSER, 'works from memory where storage is denied']],
  74: [[FILE_CACHE, 'of another key or another server are not used']],
  75: [[FILE_CACHE, 'where nothing can be written: one warning, and everything works from memory']],
  76: [[REPORTS, 'at more ids than may wait are dropped, and one warning says so']],
  77: [[REPORTS, 'wait while the server is away, go on being counted, and are sent once it is back']],
  78: [
    ['server/test/sdk/events.test.ts', 'counts a batch once, however often it is sent'],
    ['server/test/sdk/batch-memory.test.ts', 'knows a batch again for a day'],
  ],
  80: [[REPORTS, 'are still reported, rarely, when the key is refused, and the stream is not touched']],
  81: [
    [REPORTS, 'takes 2 s at most, whatever the server does, and leaves nothing behind'],
    [PROCESS, 'a program that has done its work ends, though the client was never closed'],
  ],
  82: [[REPORTS, 'name no attribute of any context']],
  89: [[BROWSER, 'is ready, decides and follows changes, on a page with a strict content security policy']],
  90: [
    ['sdk-browser/test/bundle.process.test.ts', 'the minified bundle of %s is at most %i bytes, gzipped'],
    [BROWSER, 'adds nothing to the page’s globals'],
    [
      'sdk-browser/test/server-side.test.ts',
      'on a server that renders the page, the client does not connect and decides by its bootstrap',
    ],
  ],
  91: [[DELIVERY, 'closed lets go of every socket, and can be asked still']],
  94: [[CLIENT, 'that throw, reject or never resolve stop neither the others nor the stream']],
  96: [[DELIVERY, 'sends its key in a header, and shows it nowhere else']],
};
