/**
 * What travels about a launch: its dials with the rules, and what was observed of it with the reports. Types and words
 * only; `docs/protocol.md` describes the same shapes for SDKs in other languages.
 */

/** The stages of a launch flag. They are its variations: key and value are the same word. */
export type LaunchStage = 'off' | 'dark' | 'live';

/** The stages of a migration flag, in the order in which they are walked. They are its variations as well. */
export type MigrationStage = 'off' | 'dual-write' | 'shadow' | 'live' | 'ramp-down' | 'complete';

/**
 * How a launch, or the shadows of a migration, are held in check. An SDK has defaults, the code may set others, and what
 * stands in the ruleset overrides both, so that it can be changed without a deploy.
 */
export interface LaunchDials {
  /** Percent of the units in `dark` whose candidate runs at all, 0–100, by hash. Default 100. */
  readonly samplePercent?: number;
  /** Percent of the shadowed calls in `dark` that run control a second time, for the noise floor, 0–100. Default 1. */
  readonly noisePercent?: number;
  /** Percent of the calls in `live` whose control runs as the shadow, 0–100. Default 0, or 100 if the code says `verify`. */
  readonly verifyPercent?: number;
  /** A shadow's signal is aborted after so long, ms. Default 5,000. */
  readonly timeoutMs?: number;
  /** Shadows of this flag under way at once in one process. Default 10. */
  readonly maxInFlight?: number;
  /** Shadows of this flag begun in a minute in one process. Default 6,000. */
  readonly maxPerMinute?: number;
  /** A shadow that blocks the event loop for longer stops all of this flag's for a minute or longer, ms. Default 25. */
  readonly maxBlockMs?: number;
  /** Percent of the time that shadows of this flag may block the event loop in runs of a millisecond or more. Default 0.2. */
  readonly maxBusyPercent?: number;
  /** No shadow begins while the event loop lags by more, ms. Default 50. */
  readonly maxLagMs?: number;
  /** No shadow begins while more than so many percent of the heap's limit are in use. Default 80. */
  readonly maxHeapPercent?: number;
  /** Calls a second that all browsers together may make in the dark. Default 10. Node does not look at it. */
  readonly fleetCallsPerSecond?: number;
  /** Paths that may differ: JSON pointers in which `*` stands for any one key or index, and `**` at the end for all below. */
  readonly ignore?: readonly string[];
}

/** Why a shadow did not run. */
export type ShedCause =
  | 'sample' // not in the sample
  | 'inFlight' // too many of this flag, or of the process, are under way
  | 'budget' // the minute's budget is spent
  | 'blocked' // one has blocked the event loop too long: none for the rest of the minute
  | 'busy' // they have blocked the event loop for too great a share of the time
  | 'lag' // the event loop lags
  | 'heap' // the heap is nearly full
  | 'hung' // too many have timed out and still not ended
  | 'held' // few are let in until it is shown that callers do not feel them
  | 'harm' // callers were slower while shadows ran
  | 'withdrawn' // the flag was killed, or its rules changed, before the shadow had begun or ended
  | 'nested' // called from within a shadow
  | 'uncopyable' // the input cannot be copied for it
  | 'loading' // browsers: the code for shadows has not come yet, or could not be loaded
  | 'fleet' // browsers: the fleet's ceiling is reached
  | 'hidden' // browsers: the page is not visible
  | 'saveData' // browsers: the visitor saves data
  | 'closed'; // the client has been closed

/** Which code ran. For a migration, `control` is the old and `candidate` the new. */
export type LaunchPath = 'control' | 'candidate';

/**
 * Why it ran: its result was the `answer`; as the `shadow` of an answer; as the `fallback` of an answer that failed; or as
 * a second run of control, to see how often control differs from itself (`noise`).
 */
export type LaunchRole = 'answer' | 'shadow' | 'fallback' | 'noise';

/** How one path did, at one variation, in one role. */
export interface PathSummary {
  /** The stage that the context was in. */
  readonly variation: string;
  readonly path: LaunchPath;
  readonly role: LaunchRole;
  /** Of a migration only. */
  readonly operation?: 'read' | 'write';
  readonly calls: number;
  /** Calls that threw or rejected, by class: an error's `name`, or its `code` if it has one; `TimeoutError` for timed out. */
  readonly errors: { readonly [errorClass: string]: number };
  /** Milliseconds, as a sparse histogram: bucket, count, bucket, count, …, buckets ascending. See `histogram.ts`. */
  readonly latency: readonly number[];
  /** The same of CPU time, of runs where it could be measured. */
  readonly cpu?: readonly number[];
  /** Hashes of the units whose first error this was: eight hex digits each. Of answers only. */
  readonly errorUnits?: readonly string[];
  /** Calls found still under way after their time (`timeoutMs`), each counted once, and again in `calls` when it ends. */
  readonly hanging?: number;
}

/** One way in which results differ, with a few examples. */
export interface ClusterSummary {
  /** JSON pointer to where they first differ; indexes of lists are `*`. '' is the whole. `(error)` if one of them threw. */
  readonly path: string;
  /** How they differ there. */
  readonly kind: DifferenceKind;
  readonly count: number;
  readonly samples: readonly Sample[];
}

export type DifferenceKind =
  | 'value'
  | 'type'
  | 'missing' // control has it, the candidate does not
  | 'added' // the candidate has it, control does not
  | 'error' // one threw, or both threw differently
  | 'compare'; // the caller's own `compare` said so

/** One example, redacted: JSON text of what each had at the path, cut to `MAX_SAMPLE_LENGTH`. */
export interface Sample {
  readonly control: string;
  readonly candidate: string;
  /** Ms since 1970. */
  readonly at: number;
}

/** Why two results were not compared. */
export type NotComparedCause =
  | 'large' // copying or comparing them costs more than callers may be made to pay
  | 'unread' // streams, bodies, iterators: to look is to take them from the caller
  | 'opaque' // functions, private fields, keys: what is inside cannot be seen
  | 'threw'; // the caller's own `compare`, `compareErrors`, `prepare` or `clean` threw

/**
 * Whether shadows harm callers, as pairs of short windows tell: one in which shadows run and one in which none begin, in
 * an order drawn anew for each pair.
 */
export interface SwitchbackSummary {
  /** Pairs in which control was slower with shadows, and in which it was faster. Ties are in neither. */
  readonly worse: number;
  readonly better: number;
  /**
   * Pairs in which control was longer on average with shadows by more than 5 % and 0.1 ms, and others, while most calls
   * had one: what is too little to be stopped for. SDKs of before do not say.
   */
  readonly longer?: number | undefined;
  readonly notLonger?: number | undefined;
  /** Control's latency in windows with shadows and without, ms, as sparse histograms. */
  readonly with: readonly number[];
  readonly without: readonly number[];
  /** Percent of the calls that may have a shadow at present, 0–100. */
  readonly sharePercent: number;
  /** How often shadows were stopped because callers were slower with them. */
  readonly stops: number;
  /** The share at which that was seen last, percent; absent if never. Above it, shadows are not let in for a time. */
  readonly harmedAtPercent?: number;
}

/**
 * What the server answers to a batch that tells of a launch whose shadows make callers wait, by the figures of all
 * processes together: fewer are to be let in.
 */
export interface LaunchHold {
  readonly flag: string;
  /** Percent of the calls that may have a shadow, 0–100. */
  readonly sharePercent: number;
  /** For so long at most, s; while it is so, each answer says it again. */
  readonly forS: number;
}

/** How many results were compared, and what came of it. */
export interface Comparisons {
  readonly same: number;
  readonly different: number;
  /** Different only where `ignore` says that they may be. */
  readonly ignored: number;
  /** Not compared, for whatever cause. */
  readonly failed: number;
}

/** What was observed of a further candidate, beside the one that is to go live. */
export interface CandidateSummary
  extends Pick<LaunchSummary, 'paths' | 'compared' | 'shed' | 'clusters' | 'notCompared' | 'ignoredWhole'> {
  readonly name: string;
}

/** What one SDK observed of one launch or migration, at one id and between two instants. */
export interface LaunchSummary {
  readonly flag: string;
  /** The id of the rules that decided. */
  readonly id: string;
  /** Ms since 1970, by the server's clock as the SDK knows it. */
  readonly from: number;
  readonly to: number;
  readonly paths: readonly PathSummary[];
  /** Candidate against control. */
  readonly compared: Comparisons;
  /** Control against itself. */
  readonly noise: Comparisons;
  readonly shed: { readonly [cause in ShedCause]?: number };
  readonly clusters: readonly ClusterSummary[];
  /** Of `compared.failed`, by cause. */
  readonly notCompared?: { readonly [cause in NotComparedCause]?: number };
  /** Of `compared.ignored`: results that hold nothing that is not ignored. Absent: none. */
  readonly ignoredWhole?: number;
  /** Further candidates that have run. */
  readonly candidates?: readonly CandidateSummary[];
  /** Absent while no shadow has overlapped a call of control's. */
  readonly switchback?: SwitchbackSummary;
}

/** What one summary may hold; an SDK keeps to it, the server refuses or cuts what goes beyond. */
export const LAUNCH_LIMITS = {
  /** Summaries in one batch. */
  launches: 20,
  paths: 40,
  errorClasses: 20,
  errorClassLength: 100,
  errorUnits: 1_000,
  clusters: 20,
  clusterPathLength: 200,
  samples: 3,
  sampleLength: 500,
  /** Further candidates of a launch, of which figures are kept. */
  candidates: 5,
  candidateLength: 50,
} as const;
