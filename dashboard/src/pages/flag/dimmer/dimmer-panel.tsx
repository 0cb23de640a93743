import { PARTS } from '@dimmer/core';
import { percentOf } from '@dimmer/core/percent';
import { bucketingOf, reweigh } from '@dimmer/core/reweigh';
import { Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useMemo } from 'react';
import type { Flag } from '../../../api/flags.ts';
import type { Serve } from '../../../api/targeting.ts';
import { bodyOf } from '../../../api/targeting-body.ts';
import { sumOf, type Weights, weightsOf } from '../../../api/weights.ts';
import { flagLightOf } from '../../../sentences/flag-light.ts';
import { formatPercent } from '../../../sentences/percent.ts';
import { besidesRules, effectSentences, servedSentence } from '../effect-sentence.ts';
import { overlapNote } from '../rules/overlap-note.ts';
import type { Editing } from '../use-draft.ts';
import { BooleanDimmer } from './boolean-dimmer.tsx';
import { BucketingFields } from './bucketing-fields.tsx';
import classes from './dimmer.module.css';
import { Lamp } from './lamp.tsx';
import { LaunchDimmer } from './launch-dimmer.tsx';
import { MigrationDimmer } from './migration-dimmer.tsx';
import { SharesDimmer } from './shares-dimmer.tsx';

const DIMMERS = { boolean: BooleanDimmer, launch: LaunchDimmer, migration: MigrationDimmer } as const;

interface Props {
  readonly flag: Flag;
  readonly editing: Editing;
  readonly mayOperate: boolean;
  /** Seed and attribute are for those who may write rules. */
  readonly mayWrite: boolean;
}

/** The default rule, where evaluation ends: a dimmer. It is turned here, and felt by people only once it is saved. */
export function DimmerPanel({ flag, editing, mayOperate, mayWrite }: Props) {
  const { base, body, edit } = editing;
  const { killed } = base;
  const blockedBy = flag.environments.find((each) => each.environment === base.environment)?.blockedBy;
  const stored = weightsOf(body.fallthrough);
  const weights = body.on || killed || !isDark(flag) ? stored : new Map([[body.off, PARTS]]);
  const isOff = !body.on;
  const shares = sharesIn(weights);
  const isUnlit = isOff || Boolean(blockedBy);
  const { figure, light, dark } = isUnlit ? { figure: 'Off', light: 0, dark: 0 } : flagLightOf(flag, shares);
  const isWhole = sumOf(stored) === PARTS;

  const setWeights = (next: Weights): void => {
    const isNothing = [...next].every(([key, parts]) => parts === 0 || key === body.off);
    edit({
      fallthrough: servedWith(base.fallthrough, body.fallthrough, next, body.off),
      // Turning a dimmer up turns the lamp on; a killed one is turned on by restoring it alone.
      ...(!killed && !isNothing && { on: true }),
    });
  };
  const givenTo = (parts: number): void => {
    const keyOf = (value: boolean): string => flag.variations.find((each) => each.value === value)?.key ?? '';
    setWeights(
      new Map([
        [keyOf(true), parts],
        [keyOf(false), PARTS - parts],
      ]),
    );
  };
  const isForNobody =
    flag.type === 'boolean' && body.on && !blockedBy && light === 0 && body.rules.length + body.targets.length === 0;
  const Dimmer = DIMMERS[flag.type as keyof typeof DIMMERS] ?? SharesDimmer;
  const [effect, ...effects] = useMemo(
    () => (isWhole ? effectSentences(flag, bodyOf(base), body, besidesRules(flag, base)) : []),
    [flag, base, body, isWhole],
  );
  const overlap = overlapNote(flag.seed, body, base, body.rules.length);
  const many = Math.max(base.rules.length, body.rules.length) + body.targets.length > 0;
  return (
    <Paper withBorder p={{ base: 'sm', sm: 'lg' }} component="section" aria-labelledby="dimmer-title">
      <Title order={2} id="dimmer-title">
        Default rule
      </Title>
      <Text size="sm" c="dimmed" mb="xs">
        {many ? 'For everyone who is neither a target nor matched by a rule.' : 'For everyone.'}
      </Text>
      <div className={classes.dimmer}>
        <Lamp percent={light} darkPercent={dark} state={killed ? 'killed' : isUnlit ? 'off' : 'on'} />
        <Stack gap={4} miw={0}>
          <div className={classes.figure}>
            {killed ? 'Killed' : figure}
            {dark > 0 && (
              <Text span c="dimmed" fz="lg" ms="sm">
                {formatPercent(dark)} dark
              </Text>
            )}
          </div>
          <Text className={classes.words} role="status">
            {effect}
          </Text>
          {effects.map((each) => (
            <Text key={each} size="sm">
              {each}
            </Text>
          ))}
          {overlap !== null && (
            <Text size="sm" fw={600}>
              {overlap}
            </Text>
          )}
          {isForNobody && mayOperate && (
            <Group gap="xs">
              <Text size="sm">Who gets it?</Text>
              <Button size="compact-sm" variant="default" onClick={() => givenTo(PARTS / 100)}>
                Start with 1 %
              </Button>
              <Button size="compact-sm" variant="default" onClick={() => givenTo(PARTS)}>
                Turn on for everyone
              </Button>
            </Group>
          )}
          {isOff && !killed && (
            <Text size="sm" c="dimmed">
              If you switch it on now: {servedSentence(flag, body)}
            </Text>
          )}
        </Stack>
      </div>
      <Stack gap="sm" mt="md" className={classes.controls} data-killed={killed !== undefined}>
        <Dimmer flag={flag} weights={weights} onWeights={setWeights} isDisabled={!mayOperate} />
        {mayWrite && (
          <BucketingFields
            serve={body.fallthrough}
            onChange={(fallthrough) => edit({ fallthrough })}
            isDisabled={!mayWrite}
          />
        )}
      </Stack>
    </Paper>
  );
}

/** Types whose dimmer stands at nothing while the flag is off: its light is one number. */
function isDark({ type }: Flag): boolean {
  return type === 'boolean' || type === 'launch';
}

function sharesIn(weights: Weights): { variation: string; percent: number }[] {
  return [...weights].map(([variation, parts]) => ({ variation, percent: percentOf(parts) }));
}

/** Always from what is saved: going up and down again while one tries must move nobody. */
function servedWith(base: Serve, current: Serve, weights: Weights, off: string): Serve {
  const bucketing = bucketingOf(current);
  if (sumOf(weights) === PARTS) return reweigh(base, weights, off, bucketing);
  const slices = [...weights].map(([variation, parts]) => ({ variation, parts }));
  const { by, seed } = bucketing;
  return { slices, ...(by !== undefined && { by }), ...(seed !== undefined && { seed }) };
}
