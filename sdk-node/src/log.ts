import type { Log, LogCode, Logger } from '@dimmer/client';

/** What each code means and what mends it. `docs/sdk.md` says the same at length. */
const SENTENCES: { readonly [code in LogCode]: string } = {
  // What they are about says it all.
  FLAG_NOT_FOUND: '',
  TARGETING_KEY_MISSING: '',
  TYPE_MISMATCH: '',
  PROXY_UNUSABLE: '',
  OPTION_INVALID: 'an option cannot be used and its default stands in; correct it',
  OPTION_UNKNOWN: 'there is no such option; correct its name or remove it',
  CACHE_INVALID:
    'the rules kept from an earlier run cannot be read and are ignored; they are replaced at the next change',
  CACHE_UNWRITABLE: 'rules cannot be kept for the next start; name a writable directory in `cache`, or set it to false',
  BOOTSTRAP_INVALID: 'the bootstrap is not a snapshot and is ignored; pass what GET /sdk/v1/ruleset answers',
  STREAM_LOST:
    'the server cannot be reached; decisions go on by the rules that are held, or your defaults, and connecting goes on',
  STREAM_REFUSED:
    'the server refuses this client; decisions go on by the rules that are held, or your defaults. Check `key` and `url`, and what stands between',
  FLAG_INVALID:
    'a flag cannot be understood; its former rules or the default decide. Save it again, or update this SDK',
  STEPS_EXCEEDED:
    'a rule costs more than an evaluation may, so it does not match; ask for fewer repetitions in its patterns, or pass shorter values',
  ATTRIBUTE_UNREADABLE:
    'a rule cannot read an attribute as it was passed, so it does not match; pass it in the form that docs/sdk.md gives',
  SPLIT_KEY_MISSING:
    'a rule splits by an attribute that the context lacks, and is passed over; pass that attribute, or correct the name in the rule',
  LISTENER_FAILED: 'a listener failed; the others are called all the same',
  LAUNCH_UNUSABLE: 'a launch or migration cannot be run as such; correct what is said here',
  SHADOW_BLOCKED:
    'a shadow has blocked the event loop; this flag has none for a minute. Make its code asynchronous, or raise `maxBlockMs`',
  SHADOW_HARMFUL:
    'callers are slower while shadows run, so this flag has fewer. Look in its report at how much, and at what the candidate shares with control: the event loop, a pool, a lock',
  HOOK_FAILED: '`runIf`, `before` or `onOutcome` failed; the call is not touched by it. Correct that function',
  CANDIDATES_UNCOUNTED:
    'figures are kept of five further candidates of a launch, with names of at most 50 characters; of this one there are none. Give fewer, under names that do not change',
  COMPARE_FAILED:
    'a function of yours threw, or did not answer in time; results count as not compared, or samples are missing. Correct `compare`, `compareErrors` or `clean`',
  UNCOPYABLE:
    'a value cannot be copied, so there is no shadow, or no comparison. Pass plain data, or say by `clone` how it is copied',
  IGNORE_UNUSABLE:
    'a path in `ignore` can match nothing. Write a JSON pointer: `/updatedAt`, `/items/*/id`, `/debug/**`',
  STAGE_ASSUMED:
    'a migration goes by a stage that no rules give. If the server can be reached: create the flag, or bring it back from the archive, or take the migration out of the code',
  SIDES_DIVERGED:
    'a write has not reached the other side of a migration, or not in time; each is told to `onDiverged`: copy again what it names',
  WRITES_UNORDERED:
    'writes of a migration cannot be kept in order at the other side, where one that is late may overwrite a newer one; give `key`, or `false` if both sides refuse what is older',
  INPUT_SHARED:
    'both sides of a migration are given the same object, and one sees what the other changes in it; give `clone`, or `false` if neither changes it',
  REPORTS_DROPPED: 'the server takes no reports, and too many wait; some counts are lost, decisions are not touched',
};

const PREFIX = '[dimmer]';

/** @param logger where to; default the console, `false` nowhere. One that throws is not asked why. */
export function createLog(logger: Logger | false | undefined): Log {
  const target = logger === undefined || !isLogger(logger) ? console : logger;
  return (code, detail) => {
    const level = code === 'STREAM_REFUSED' ? 'error' : 'warn';
    const said = SENTENCES[code] ? `${SENTENCES[code]} (${detail})` : detail;
    try {
      if (logger !== false) target[level](`${PREFIX} ${code}: ${said}`);
    } catch {
      // The host's logger failed: there is nowhere left to say so.
    }
  };
}

function isLogger(value: unknown): value is Logger {
  const logger = value as Logger | null | undefined;
  return typeof logger?.warn === 'function' && typeof logger.error === 'function';
}
