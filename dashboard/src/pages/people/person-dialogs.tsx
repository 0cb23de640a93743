import { Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import {
  invitationsQuery,
  type MadeLink,
  makeResetLink,
  type Person,
  peopleQuery,
  setDisabled,
} from '../../api/people.ts';
import { ReasonDialog } from '../../elements/reason-dialog.tsx';
import { shownText } from '../../sentences/shown-text.ts';
import { EditPersonDialog } from './edit-person-dialog.tsx';
import type { PersonAct } from './person-row.tsx';

interface Props {
  readonly person: Person;
  readonly act: PersonAct;
  readonly onMade: (made: MadeLink) => void;
  readonly onClose: () => void;
}

/** Asks before something is done about somebody. */
export function PersonDialogs({ person, act, onMade, onClose }: Props) {
  const queryClient = useQueryClient();
  const shown = shownText(person.name || person.email);
  if (act === 'edit') return <EditPersonDialog person={person} onClose={onClose} />;
  if (act === 'reset') {
    return (
      <ReasonDialog
        title={`A new password for ${shown}?`}
        act="Make the link"
        reason="none"
        onAct={async () => {
          onMade(await makeResetLink(person.id));
          void queryClient.invalidateQueries({ queryKey: invitationsQuery.queryKey });
        }}
        onClose={onClose}
      >
        <Text size="sm">
          You get a link that works once, within a day. Whoever opens it chooses a new password; all sessions end and
          the second factor is turned off. Make sure that it is {shown} who asks you.
        </Text>
      </ReasonDialog>
    );
  }
  const isDisabling = act === 'disable';
  return (
    <ReasonDialog
      title={isDisabling ? `Disable the account of ${shown}?` : `Let ${shown} in again?`}
      act={isDisabling ? 'Disable' : 'Let in again'}
      isDestructive={isDisabling}
      reason="optional"
      onAct={async (reason) => {
        await setDisabled(person.id, isDisabling, reason);
        await queryClient.invalidateQueries({ queryKey: peopleQuery.queryKey });
      }}
      onClose={onClose}
    >
      <Text size="sm">
        {isDisabling
          ? 'They are signed out everywhere at once, and cannot sign in. What they did stays in the history under their name. Tokens that they made go on working: revoke those under Keys.'
          : 'They can sign in with the password and the roles that they had.'}
      </Text>
    </ReasonDialog>
  );
}
