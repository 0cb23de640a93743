import { Button, Code, Group, SimpleGrid, Stack, Text } from '@mantine/core';
import { CopyButton } from '../../elements/copy-button.tsx';

interface Props {
  readonly codes: readonly string[];
  readonly onClose: () => void;
}

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
      <Group justify="flex-end">
        <CopyButton text={codes.join('\n')} what="all codes" />
        <Button onClick={onClose}>I have kept them</Button>
      </Group>
    </Stack>
  );
}
