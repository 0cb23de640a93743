declare const DIMMER_VERSION: string | undefined;

/** Version of the package, put in by the build; run from source there is none. */
export const VERSION = typeof DIMMER_VERSION === 'string' ? DIMMER_VERSION : 'source';
