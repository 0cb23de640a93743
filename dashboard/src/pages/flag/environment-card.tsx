import { Button, Text } from '@mantine/core';
import { IconLock, IconUserCheck } from '@tabler/icons-react';
import type { EnvironmentSummary, Flag } from '../../api/flags.ts';
import { isGuarded } from '../../api/guarded.ts';
import { useMay } from '../../api/me.ts';
import type { Environment } from '../../api/projects.ts';
import { flagLightOf, restoreSentence } from '../../sentences/flag-light.ts';
import { formatPercent } from '../../sentences/percent.ts';
import { shownText } from '../../sentences/shown-text.ts';
import { ShareStack } from './dimmer/share-stack.tsx';
import classes from './environment-cards.module.css';
import { useHasDraft } from './use-has-draft.ts';

interface Props {
  readonly flag: Flag;
  readonly environment: Environment;
  readonly summary: EnvironmentSummary;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
  readonly onAct: (act: 'kill' | 'restore') => void;
}

/** One environment in short: how far up it is, and the switch that is wanted in a hurry. */
export function EnvironmentCard({ flag, environment, summary, isChosen, onChoose, onAct }: Props) {
  const { on, killed, absent, blockedBy, rules, shares } = summary;
  const may = useMay();
  const hasDraft = useHasDraft(flag, environment.key);
  const name = shownText(environment.name || environment.key);
  const flagLight = flagLightOf(flag, shares);
  const figure = killed ? 'Killed' : on && !blockedBy ? flagLight.figure : 'Off';
  const restores = restoreSentence(flag, summary);
  const stored = summary.restores?.on === false ? [] : (summary.restores?.shares ?? []);
  const shown = killed ? stored : on && !blockedBy ? shares : [];
  const weights = new Map(shown.map(({ variation, percent }) => [variation, percent * 1_000] as const));
  const isSplit = on && !killed && weights.size > 1 && flag.type !== 'boolean' && flag.type !== 'launch';
  const details = [
    absent && 'not served yet',
    blockedBy && `on, but nobody meets its prerequisite ${shownText(blockedBy)}`,
    on && !blockedBy && flagLight.dark > 0 && `${formatPercent(flagLight.dark)} dark`,
    ...(isSplit ? shares.map(({ variation, percent }) => `${formatPercent(percent)} ${shownText(variation)}`) : []),
    rules > 0 && `${rules} ${rules === 1 ? 'rule' : 'rules'}`,
    hasDraft && 'unsaved changes',
  ].filter(Boolean);
  return (
    <article
      className={classes.card}
      data-chosen={isChosen}
      data-state={killed ? 'killed' : on && !blockedBy ? 'on' : 'off'}
      data-guarded={isGuarded(environment)}
    >
      <div className={classes.top}>
        <button type="button" className={classes.choose} aria-pressed={isChosen} onClick={onChoose}>
          {name}
        </button>
        {environment.approvals === 1 ? (
          <IconUserCheck size={15} aria-label="Changes need somebody else's approval" role="img" />
        ) : (
          environment.protected && <IconLock size={15} aria-label="Protected: changes need a reason" role="img" />
        )}
      </div>
      <div className={classes.figure}>{figure}</div>
      <ShareStack flag={flag} weights={weights} />
      <Text size="xs" c="dimmed" className={classes.details} lineClamp={2}>
        {killed ? `${shownText(killed.by)}: ${shownText(killed.reason)}` : details.join(' · ')}
      </Text>
      {restores !== null && (
        <Text size="xs" c="dimmed" className={classes.details}>
          {restores}
        </Text>
      )}
      {!flag.archived && (
        <div className={classes.acts}>
          {killed && may('operate', flag.project, environment.key) && (
            <Button size="xs" variant="default" onClick={() => onAct('restore')}>
              Restore<span className="visually-hidden"> in {name}</span>
            </Button>
          )}
          {!killed && on && may('kill', flag.project, environment.key) && (
            <Button size="xs" variant="default" className={classes.kill} onClick={() => onAct('kill')}>
              Kill<span className="visually-hidden"> in {name}</span>
            </Button>
          )}
        </div>
      )}
    </article>
  );
}
