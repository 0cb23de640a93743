import {
  type createFlagInput,
  type FlagBody,
  type FlagVariation,
  type Immutable,
  LIMITS,
  type updateFlagInput,
  type Warning,
} from '@dimmer/contract';
import type { FlagType } from '@dimmer/core';
import { hasStages, stagesOf } from '@dimmer/core/flag-types';
import type { z } from 'zod';
import { type Draft, place } from '../documents/document.ts';
import { wantsApproval } from './approvers.ts';
import { accept, type Command } from './command.ts';
import { findActiveFlag, findFlag, findProject } from './find.ts';
import { initialTargeting } from './initial-targeting.ts';
import { type AskersByFlag, refuseAsked } from './migration-askers.ts';
import { refuse } from './refusal.ts';

const BOOLEAN_VARIATIONS: readonly FlagVariation[] = [
  { key: 'on', value: true },
  { key: 'off', value: false },
];

function defaultVariations(type: FlagType): readonly FlagVariation[] {
  if (type === 'boolean') return BOOLEAN_VARIATIONS;
  return stagesOf(type).map((key) => ({ key, value: key }));
}

function absentWarning(flag: string, environment: string): Warning {
  const message = `"${flag}" is not served in ${environment} until a change of its targeting there has been approved: callers get the default in their own code.`;
  return { code: 'FLAG_ABSENT', message };
}

/**
 * Makes a flag that is off in every environment, and absent where a second person has to agree. A boolean flag has variations `on` and `off` unless others are given,
 * a launch always `off`, `dark` and `live`, a migration always its six stages; a string, number or json flag needs its own.
 * Refuses: `FLAG_EXISTS`, `VARIATIONS_INVALID`, `LIMIT_EXCEEDED`.
 */
export function createFlag(project: string, input: Immutable<z.input<typeof createFlagInput>>): Command {
  const about = place.flag(project, input.key);
  return {
    name: 'flag.create',
    project,
    environment: null,
    subject: input.key,
    about,
    decide(state, facts) {
      const owner = findProject(state, project);
      if ('refusal' in owner) return owner;
      const existing = state.flag(project, input.key);
      if (existing) {
        const fix = existing.body.archived
          ? `It is archived. Unarchive it (POST /api/v1/projects/${project}/flags/${input.key}/unarchive), or choose another key.`
          : 'Choose another key.';
        return refuse('FLAG_EXISTS', `Project "${project}" already has a flag "${input.key}".`, { fix, path: 'key' });
      }
      if ([...state.flags(project)].length >= LIMITS.flagsPerProject) {
        return refuse(
          'LIMIT_EXCEEDED',
          `Project "${project}" has ${LIMITS.flagsPerProject} flags, and that is the limit.`,
        );
      }
      const { key, type = 'boolean', name = key, description = '', owner: ownedBy = '', tags = [] } = input;
      const { seed = facts.newId(), browser = false, variations = defaultVariations(type) } = input;
      const { purpose = hasStages(type) ? 'launch' : 'release' } = input;
      const body: FlagBody = {
        key,
        name,
        description,
        type,
        purpose,
        owner: ownedBy,
        tags,
        variations,
        browser,
        seed,
        archived: false,
        createdAt: facts.now,
      };
      const drafts: Draft[] = [{ ...about, body }];
      const warnings: Warning[] = [];
      for (const { body: environment } of state.environments(project)) {
        const isAbsent = wantsApproval(environment) && facts.isApproved !== true;
        drafts.push({ ...place.targeting(project, key, environment.key), body: initialTargeting(body, isAbsent) });
        if (isAbsent) warnings.push(absentWarning(key, environment.key));
      }
      return accept(drafts, warnings);
    },
  };
}

/**
 * Changes what is the same in all environments: name, description, purpose, owner, tags, variations, browser. Only
 * what is given changes. Refuses: `FLAG_NOT_FOUND`, `FLAG_ARCHIVED`, `VARIATIONS_INVALID`, `VARIATION_IN_USE`.
 */
export function updateFlag(project: string, flag: string, input: Immutable<z.infer<typeof updateFlagInput>>): Command {
  const about = place.flag(project, flag);
  return {
    name: 'flag.update',
    project,
    environment: null,
    subject: flag,
    about,
    decide(state) {
      const found = findActiveFlag(state, project, flag);
      if ('refusal' in found) return found;
      return accept([{ ...about, body: { ...found.body, ...input } }]);
    },
  };
}

interface Archiving {
  /** Also if somebody asks for it. Default false. */
  readonly force?: boolean;
  /** Who asks for it, where it is a migration. Default: nobody. */
  readonly askers?: AskersByFlag;
}

/**
 * Takes a flag out of every ruleset, keeping it and its history. Refuses: `FLAG_NOT_FOUND`, `FLAG_IN_USE` if another
 * flag has it as a prerequisite, `MIGRATION_IN_USE` if instances still ask for it, unless `force`, which needs a reason.
 * Warns where it is still on.
 */
export function archiveFlag(
  project: string,
  flag: string,
  { force = false, askers = new Map() }: Archiving = {},
): Command {
  const about = place.flag(project, flag);
  return {
    name: 'flag.archive',
    project,
    environment: null,
    subject: flag,
    about,
    needsReason: force,
    decide(state) {
      const found = findFlag(state, project, flag);
      if ('refusal' in found) return found;
      const draft: Draft = { ...about, body: { ...found.body, archived: true } };
      const asked = force ? null : refuseAsked(state, [draft], askers);
      if (asked) return asked;
      const warnings: Warning[] = [];
      for (const { body: environment } of state.environments(project)) {
        if (!state.targeting(project, flag, environment.key)?.body.on) continue;
        const message = `"${flag}" was on in ${environment.key}. Callers there now get the default in their own code.`;
        warnings.push({ code: 'FLAG_WAS_ON', message });
      }
      return accept([draft], warnings);
    },
  };
}

/** Brings an archived flag back, as it was. Refuses: `FLAG_NOT_FOUND`, `TARGETING_INVALID` if what it refers to is gone. */
export function unarchiveFlag(project: string, flag: string): Command {
  const about = place.flag(project, flag);
  return {
    name: 'flag.unarchive',
    project,
    environment: null,
    subject: flag,
    about,
    decide(state) {
      const found = findFlag(state, project, flag);
      if ('refusal' in found) return found;
      return accept([{ ...about, body: { ...found.body, archived: false } }]);
    },
  };
}
