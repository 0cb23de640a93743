import { ActionIcon, Anchor, Button, Text, Tooltip } from '@mantine/core';
import { IconPin, IconPinFilled } from '@tabler/icons-react';
import { Link } from 'wouter';
import { DimmerBar } from '../../elements/dimmer-bar.tsx';
import { Instant } from '../../elements/instant.tsx';
import { restoreSentence } from '../../sentences/flag-light.ts';
import { sentence, shownText } from '../../sentences/shown-text.ts';
import type { FlagEntry } from './flag-order.ts';
import classes from './flag-row.module.css';

interface Props {
  readonly entry: FlagEntry;
  readonly isPinned: boolean;
  readonly mayKill: boolean;
  readonly mayRestore: boolean;
  readonly onPin: () => void;
  readonly onKill: () => void;
  readonly onRestore: () => void;
}

/** One flag within reach of a thumb: how it stands, and the one act that it needs. */
export function FlagRow({ entry, isPinned, mayKill, mayRestore, onPin, onKill, onRestore }: Props) {
  const { flag, summary } = entry;
  const { killed } = summary;
  const restores = restoreSentence(flag, summary);
  const name = shownText(flag.name || flag.key);
  const pin = isPinned ? `Unpin ${name}` : `Pin ${name}: keep it within reach in this browser`;
  return (
    <li className={classes.row} data-killed={killed !== null}>
      <Tooltip label={isPinned ? 'Unpin' : 'Pin'}>
        <ActionIcon variant="subtle" size="lg" aria-label={pin} aria-pressed={isPinned} onClick={onPin}>
          {isPinned ? <IconPinFilled size={18} aria-hidden /> : <IconPin size={18} aria-hidden />}
        </ActionIcon>
      </Tooltip>
      <div className={classes.name}>
        <Anchor
          component={Link}
          href={`/projects/${encodeURIComponent(flag.project)}/flags/${encodeURIComponent(flag.key)}`}
          fw={650}
          c="inherit"
          lineClamp={2}
        >
          {name}
        </Anchor>
        <Text size="xs" c="dimmed" ff="monospace" lineClamp={1}>
          {flag.key}
        </Text>
        {!killed && <DimmerBar summary={summary} flag={flag} />}
      </div>
      {killed ? (
        <Button variant="default" size="md" disabled={!mayRestore} onClick={onRestore} aria-label={`Restore ${name}`}>
          Restore
        </Button>
      ) : (
        <Button color="red.8" size="md" disabled={!mayKill} onClick={onKill} aria-label={`Kill ${name}`}>
          Kill
        </Button>
      )}
      {killed && (
        <Text size="sm" lineClamp={4} className={classes.why}>
          Killed by {shownText(killed.by)}, <Instant at={killed.at} />: {sentence(shownText(killed.reason))}
          {restores !== null && ` ${restores}`}
        </Text>
      )}
    </li>
  );
}
