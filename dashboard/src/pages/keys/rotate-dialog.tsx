import { Select, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type Key, type Minted, rotateKey } from '../../api/keys.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { ReasonDialog } from '../../elements/reason-dialog.tsx';
import { shownText } from '../../sentences/shown-text.ts';

const HOUR_MS = 3_600_000;
const OVERLAPS = [
  { value: '0', label: 'Not at all: it ends now' },
  { value: String(HOUR_MS), label: 'An hour' },
  { value: String(24 * HOUR_MS), label: 'A day' },
  { value: String(7 * 24 * HOUR_MS), label: 'A week' },
  { value: String(30 * 24 * HOUR_MS), label: '30 days' },
];

interface Props {
  readonly rotated: Key;
  readonly isProtected: boolean;
  readonly onMinted: (minted: Minted) => void;
  readonly onClose: () => void;
}

/** Makes a key that follows another, which goes on working until everybody has the new one. */
export function RotateDialog({ rotated, isProtected, onMinted, onClose }: Props) {
  const queryClient = useQueryClient();
  const [overlap, setOverlap] = useState(String(24 * HOUR_MS));
  return (
    <ReasonDialog
      title={`Rotate ${shownText(rotated.name || rotated.selector)}?`}
      act="Rotate"
      isDestructive={overlap === '0'}
      reason={isProtected ? 'required' : 'optional'}
      onAct={async (reason) => {
        const minted = await rotateKey(rotated.selector, Number(overlap), reason);
        void queryClient.invalidateQueries({ queryKey: queryKeys.credentials });
        onMinted(minted);
      }}
      onClose={onClose}
    >
      <Text size="sm">
        You get a new token with the same name and reach. Put it where the old one is, while both work.
      </Text>
      <Select
        label="The old one goes on working for"
        data={OVERLAPS}
        value={overlap}
        allowDeselect={false}
        onChange={(chosen) => chosen !== null && setOverlap(chosen)}
      />
    </ReasonDialog>
  );
}
