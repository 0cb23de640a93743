declare const DIMMER_VERSION: string | undefined;

/** Version of this package; the build puts it in place. */
export const VERSION = typeof DIMMER_VERSION === 'undefined' ? '0.0.0-source' : DIMMER_VERSION;
