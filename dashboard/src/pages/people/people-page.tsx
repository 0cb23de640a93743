import { Button, Stack, Text, TextInput } from '@mantine/core';
import { IconSearch, IconUserPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useMe } from '../../api/me.ts';
import { type MadeLink, type Person, peopleQuery } from '../../api/people.ts';
import classes from '../../elements/card-list.module.css';
import { Loading } from '../../elements/loading.tsx';
import { Page } from '../../elements/page.tsx';
import { Problem } from '../../elements/problem.tsx';
import { ShownOnce } from '../../elements/shown-once.tsx';
import { grantsSentence } from '../../sentences/grants-sentence.ts';
import { shownText } from '../../sentences/shown-text.ts';
import { InvitationList } from './invitation-list.tsx';
import { InviteDialog } from './invite-dialog.tsx';
import { PersonDialogs } from './person-dialogs.tsx';
import { type PersonAct, PersonRow } from './person-row.tsx';

/** From this many on there is a search. */
const MANY = 8;

/** Who can come in, and what they may do. */
const until = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

export function PeoplePage() {
  const me = useMe();
  const { data: people, error } = useQuery(peopleQuery);
  const [search, setSearch] = useState('');
  const [isInviting, setInviting] = useState(false);
  const [asking, setAsking] = useState<{ readonly person: Person; readonly act: PersonAct } | null>(null);
  const [made, setMade] = useState<MadeLink | null>(null);
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = people?.filter((person) => {
    const text = `${person.name}\n${person.email}\n${grantsSentence(person.grants)}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  return (
    <Page
      title="People"
      lead="Who can sign in, and what they may do. Everything they do stands in the history under their name."
      actions={
        <Button leftSection={<IconUserPlus size={16} aria-hidden />} onClick={() => setInviting(true)}>
          Invite
        </Button>
      }
    >
      <Stack gap="lg" maw={900}>
        <InvitationList />
        {error && <Problem error={error} />}
        {!people && !error && <Loading what="the people" />}
        {people && people.length >= MANY && (
          <TextInput
            type="search"
            aria-label="Search people"
            placeholder="Name, address or role"
            leftSection={<IconSearch size={16} aria-hidden />}
            value={search}
            onChange={(event) => setSearch(event.currentTarget.value)}
          />
        )}
        {shown && shown.length > 0 && (
          <ul className={classes.list} aria-label="People">
            {shown.map((person) => (
              <PersonRow
                key={person.id}
                person={person}
                isMe={person.id === me.id}
                onAct={(act) => setAsking({ person, act })}
              />
            ))}
          </ul>
        )}
        {shown?.length === 0 && <Text size="sm">Nobody is called that.</Text>}
        {people?.length === 1 && (
          <Text size="sm" c="dimmed">
            You are alone here. Invite those who change flags, and whoever is on call: role operator is enough to kill.
          </Text>
        )}
      </Stack>
      {isInviting && <InviteDialog onMade={setMade} onClose={() => setInviting(false)} />}
      {asking && <PersonDialogs {...asking} onMade={setMade} onClose={() => setAsking(null)} />}
      {made && (
        <ShownOnce title="The link" what="the link" text={made.link} onClose={() => setMade(null)}>
          <Text size="sm">
            Hand it to <b>{shownText(made.document?.email ?? 'whoever it is for')}</b>, by a way on which nobody else
            reads. It works once, until {until.format(made.document?.expiresAt)}.
          </Text>
        </ShownOnce>
      )}
    </Page>
  );
}
