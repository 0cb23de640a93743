import { ActionIcon, Badge, Button, Group, Menu, Text } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import type { Person } from '../../api/people.ts';
import classes from '../../elements/card-list.module.css';
import { Instant } from '../../elements/instant.tsx';
import { grantsSentence } from '../../sentences/grants-sentence.ts';
import { shownText } from '../../sentences/shown-text.ts';

export type PersonAct = 'edit' | 'reset' | 'disable' | 'enable';

interface Props {
  readonly person: Person;
  readonly isMe: boolean;
  readonly onAct: (act: PersonAct) => void;
}

/** Somebody, what they may do, and whether they are still there. */
export function PersonRow({ person, isMe, onAct }: Props) {
  const { name, email, grants, disabledAt, lastSeenAt, twoFactor } = person;
  const shown = shownText(name || email);
  return (
    <li className={classes.card}>
      <div className={classes.about}>
        <Group gap="xs">
          <Text fw={650} lineClamp={2}>
            {shown}
          </Text>
          {isMe && <Note>You</Note>}
          {disabledAt !== null && <Note>Disabled</Note>}
          {twoFactor === true && <Note>Second factor</Note>}
        </Group>
        <Text size="sm" lineClamp={1}>
          {shownText(email)}
        </Text>
        <Text size="sm" lineClamp={4}>
          {grantsSentence(grants)}
        </Text>
        <Text size="sm" c="dimmed">
          {typeof disabledAt === 'number' ? (
            <>
              Disabled <Instant at={disabledAt} />
            </>
          ) : lastSeenAt ? (
            <>
              Last seen <Instant at={lastSeenAt} />
            </>
          ) : (
            'Not signed in'
          )}
        </Text>
      </div>
      <Group gap="xs" wrap="nowrap">
        <Button variant="default" size="xs" onClick={() => onAct('edit')} aria-label={`Edit ${shown}`}>
          Edit
        </Button>
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon variant="default" size={30} aria-label={`More for ${shown}`}>
              <IconDots size={16} aria-hidden />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => onAct('reset')}>Link for a new password</Menu.Item>
            {disabledAt === null ? (
              <Menu.Item onClick={() => onAct('disable')}>Disable the account</Menu.Item>
            ) : (
              <Menu.Item onClick={() => onAct('enable')}>Let in again</Menu.Item>
            )}
          </Menu.Dropdown>
        </Menu>
      </Group>
    </li>
  );
}

function Note({ children }: { readonly children: string }) {
  return (
    <Badge variant="outline" color="gray" c="inherit">
      {children}
    </Badge>
  );
}
