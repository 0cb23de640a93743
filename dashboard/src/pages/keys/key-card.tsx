import { Badge, Button, Code, Group, Text } from '@mantine/core';
import type { Key } from '../../api/keys.ts';
import list from '../../elements/card-list.module.css';
import { CopyButton } from '../../elements/copy-button.tsx';
import { Instant } from '../../elements/instant.tsx';
import { grantSentence } from '../../sentences/grants-sentence.ts';
import { shownText } from '../../sentences/shown-text.ts';
import classes from './key-card.module.css';

const KINDS = { server: 'For services', browser: 'For browsers, public', admin: 'Admin token' } as const;
const ENDED = { revoked: 'revoked', expired: 'expired', ownerless: 'whoever it belongs to may not come in' } as const;

interface Props {
  readonly shown: Key;
  readonly onRotate: () => void;
  readonly onRevoke: () => void;
}

/** One key: what it is for, whether it is used, and its end. */
export function KeyCard({ shown, onRotate, onRevoke }: Props) {
  const { kind, name, role, project, environment, status, token, replaces } = shown;
  const called = shownText(name || 'unnamed');
  const isLive = status === 'live';
  return (
    <li className={list.card} data-live={isLive}>
      <div className={list.about}>
        <Group gap="xs">
          <Text fw={650} lineClamp={2}>
            {called}
          </Text>
          <Badge variant="outline" color="gray" c="inherit">
            {isLive ? KINDS[kind] : `${KINDS[kind]}, ${ENDED[status]}`}
          </Badge>
        </Group>
        {kind === 'admin' && <Text size="sm">{grantSentence({ role: role ?? 'admin', project, environment })}</Text>}
        {token !== undefined && (
          <Group gap={4} wrap="nowrap">
            <Code className={classes.token}>{token}</Code>
            <CopyButton text={token} what={`the token of ${called}`} />
          </Group>
        )}
        <Text size="sm" c="dimmed">
          <LastUse at={shown.lastUsedAt} /> · made by {shownText(shown.createdBy)} <Instant at={shown.createdAt} />
          {replaces !== null && ' · follows another one'}
          <End shown={shown} />
        </Text>
      </div>
      {isLive && (
        <Group gap="xs" wrap="nowrap">
          <Button variant="default" size="xs" onClick={onRotate} aria-label={`Rotate ${called}`}>
            Rotate
          </Button>
          <Button variant="default" size="xs" onClick={onRevoke} aria-label={`Revoke ${called}`}>
            Revoke
          </Button>
        </Group>
      )}
    </li>
  );
}

function LastUse({ at }: { readonly at: number | null | undefined }) {
  if (at === undefined) return null;
  if (at === null) return <b>never used</b>;
  return (
    <>
      last used <Instant at={at} />
    </>
  );
}

function End({ shown: { revokedAt, expiresAt, status } }: { readonly shown: Key }) {
  if (revokedAt !== null) {
    return (
      <>
        {' '}
        · revoked <Instant at={revokedAt} />
      </>
    );
  }
  if (expiresAt === null) return null;
  return (
    <>
      {' '}
      · {status === 'expired' ? 'expired' : 'ends'} <Instant at={expiresAt} />
    </>
  );
}
