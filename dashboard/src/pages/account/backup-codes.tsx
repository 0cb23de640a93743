import { Button, Code, SimpleGrid, Stack, Text } from '@mantine/core';
import { CopyButton } from '../../elements/copy-button.tsx';
import { DialogFooter } from '../../elements/dialog-footer.tsx';

interface Props {
  readonly codes: readonly string[];
  readonly onClose: () => void;
}

export const CODES_LOSS = 'These codes are shown this once.';

/** Codes for when the device is lost. They are shown once. */
export function BackupCodes({ codes, onClose }: Props) {
  return (
    <Stack>
      <Text size="sm">
        If the device is lost, each of these codes lets you in once. They are shown now and never again: put them where
        the device is not.
      </Text>
      <SimpleGrid cols={2} spacing="xs">
        {codes.map((code) => (
          <Code key={code} block>
            {code}
          </Code>
        ))}
      </SimpleGrid>
      <DialogFooter>
        <CopyButton text={codes.join('\n')} what="all codes" />
        <Button onClick={onClose}>I have kept them</Button>
      </DialogFooter>
    </Stack>
  );
}
