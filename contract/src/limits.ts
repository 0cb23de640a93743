import { MOST_SLICES } from '@dimmer/core/reweigh';

/** Hard limits of what may be stored. Everything is bounded: a list without an end is somebody's outage. */
export const LIMITS = {
  keyCharacters: 128,
  nameCharacters: 200,
  /** Of an address of e-mail. */
  addressCharacters: 254,
  descriptionCharacters: 2_000,
  reasonCharacters: 2_000,
  tags: 50,
  tagCharacters: 64,
  variations: 50,
  variationBytes: 64 * 1024,
  /** Flag and its targeting in one environment together, as JSON. */
  flagBytes: 256 * 1024,
  /** Of one allocation. Minimal movement may split a variation into several slices. */
  slices: MOST_SLICES,
  rules: 100,
  conditionsPerRule: 30,
  valuesPerCondition: 1_000,
  /** Of all patterns of an environment's flags and the project's segments together; of one flag: `MAX_FLAG_INSTRUCTIONS`. */
  patternInstructions: 500_000,
  valueCharacters: 1_024,
  attributeCharacters: 256,
  targetKeys: 1_000,
  /** Of a launch's dials. */
  ignoredPaths: 100,
  ignoredPathCharacters: 200,
  segmentKeys: 10_000,
  segmentRules: 100,
  /** A whole segment, as JSON: its two lists together are bounded too. One body of a request takes it (`bodyBytes`). */
  segmentBytes: 4 * 1024 * 1024,
  /** One body of a request of the admin API: the largest document that may be stored, and what is written around it. */
  bodyBytes: 4 * 1024 * 1024 + 64 * 1024,
  segments: 300,
  prerequisites: 20,
  prerequisiteDepth: 10,
  flagsPerProject: 5_000,
  environmentsPerProject: 50,
  projects: 1_000,
  liveKeysPerScope: 100,
  /** Roles of one person. */
  grants: 200,
  people: 5_000,
  openInvitations: 500,
  /** Open change requests of a project; of one person, their tokens included; and what both may hold, as JSON. */
  openChangeRequests: 500,
  openChangeRequestsOfOne: 50,
  openChangeRequestBytes: 64 * 1024 * 1024,
  openChangeRequestBytesOfOne: 16 * 1024 * 1024,
  /** Closed ones that are still shown; the log keeps all. */
  closedChangeRequests: 500,
  closedChangeRequestBytes: 16 * 1024 * 1024,
} as const;
