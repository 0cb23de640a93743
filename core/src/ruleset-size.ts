/**
 * How large a ruleset may be. One number, from which server, relay and SDKs derive theirs: what a server makes must fit
 * in what every SDK takes, or from one change to the next nobody gets anything any more.
 */

/** Bytes of one event, or of one answer before it is inflated, that an SDK takes. */
export const MOST_EVENT_BYTES = 16 * 1024 * 1024;

/** Bytes of an answer once it is inflated, and of a file of rules kept for a start without a server. */
export const MOST_INFLATED_BYTES = 2 * MOST_EVENT_BYTES;

/** How many times its size a compressed answer may inflate to; below this many bytes, any number of times. */
export const MOST_GZIP_RATIO = 100;
export const RATIO_COUNTS_FROM_BYTES = 1024 * 1024;

/**
 * Bytes of a ruleset, as JSON in UTF-8, that a server takes changes up to. The rest is for what stands around it on the
 * wire, for the names of what is gone (in a patch that takes everything away: 5,300 names of 128 characters), and for
 * kills, which are taken whatever there is.
 */
export const MOST_RULESET_BYTES = MOST_EVENT_BYTES - MOST_EVENT_BYTES / 16;

/** From here on people are warned. */
export const LARGE_RULESET_BYTES = MOST_RULESET_BYTES / 2;
