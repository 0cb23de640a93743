import { Alert, Button, Group, Text } from '@mantine/core';
import { IconUsers } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { changeQuery } from '../../../api/changes.ts';
import { Instant } from '../../../elements/instant.tsx';
import { shownText } from '../../../sentences/shown-text.ts';
import type { Editing } from '../use-draft.ts';
import { Conflict } from './conflict.tsx';

/** Somebody else has changed what is being edited: said at once, and nothing that was typed is touched. */
export function LiveNote({ editing }: { readonly editing: Editing }) {
  const { theirs } = editing;
  const [isOpen, setOpen] = useState(false);
  const { data: change } = useQuery({ ...changeQuery(theirs?.revision ?? 0), enabled: theirs !== null });
  return (
    <div role="status">
      {theirs && (
        <Alert
          mb="md"
          color="orange"
          icon={<IconUsers aria-hidden />}
          title={`${shownText(change?.actor.name ?? 'Somebody')} changed this while you were editing`}
        >
          <Group justify="space-between">
            <Text size="sm">
              {change && (
                <>
                  <Instant at={change.at} />
                  {change.reason ? `: ${shownText(change.reason)}. ` : '. '}
                </>
              )}
              What you typed is still here, and not saved.
            </Text>
            <Button size="xs" variant="default" onClick={() => setOpen(true)}>
              Look at both
            </Button>
          </Group>
          {isOpen && (
            <Conflict
              editing={editing}
              theirs={{
                targeting: theirs,
                by: change?.actor.name ?? null,
                at: change?.at ?? null,
                reason: change?.reason ?? null,
              }}
              onDone={() => setOpen(false)}
              onClose={() => setOpen(false)}
            />
          )}
        </Alert>
      )}
    </div>
  );
}
