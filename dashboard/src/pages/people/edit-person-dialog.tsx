import { TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { sessionQuery } from '../../api/me.ts';
import { type Person, peopleQuery, updatePerson } from '../../api/people.ts';
import { FormDialog } from '../../elements/form-dialog.tsx';
import { ReasonField } from '../../elements/reason-field.tsx';
import { isSame } from '../../history/field-difference.ts';
import { shownText } from '../../sentences/shown-text.ts';
import { GrantsEditor } from './grants-editor.tsx';

interface Props {
  readonly person: Person;
  readonly onClose: () => void;
}

/** Somebody's name and what they may do. It holds at once, where they are signed in too. */
export function EditPersonDialog({ person, onClose }: Props) {
  const queryClient = useQueryClient();
  const [name, setName] = useState(person.name);
  const [grants, setGrants] = useState(person.grants);
  const [reason, setReason] = useState('');
  const [isTried, setTried] = useState(false);
  const save = async (): Promise<void> => {
    const changes = {
      ...(name.trim() !== person.name && { name: name.trim() }),
      ...(!isSame(grants, person.grants) && { grants }),
      ...(reason.trim() !== '' && { reason: reason.trim() }),
    };
    await updatePerson(person.id, changes, person.version);
    await queryClient.invalidateQueries({ queryKey: peopleQuery.queryKey });
    void queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey });
  };
  return (
    <FormDialog
      title={`Edit ${shownText(person.name || person.email)}`}
      act="Save"
      isWide
      check={() => {
        setTried(true);
        return name.trim() !== '';
      }}
      onAct={save}
      onClose={onClose}
    >
      <TextInput
        data-autofocus
        label="Name"
        description={`Signs in as ${shownText(person.email)}.`}
        required
        maxLength={200}
        value={name}
        error={isTried && name.trim() === '' ? 'A name is needed.' : null}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <GrantsEditor grants={grants} onChange={setGrants} />
      <ReasonField value={reason} onChange={setReason} isRequired={false} />
    </FormDialog>
  );
}
