import { Button, Menu } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import type { ChangesQuery } from '../../api/changes.ts';
import { download, type ExportFormat, exportChanges } from './export-changes.ts';

interface Props {
  readonly query: ChangesQuery;
  readonly onError: (error: unknown) => void;
}

/** Takes the changes that are looked at home as a file. */
export function ExportMenu({ query, onError }: Props) {
  const [read, setRead] = useState<number | null>(null);
  const running = useRef<AbortController | null>(null);
  const run = async (format: ExportFormat): Promise<void> => {
    const controller = new AbortController();
    running.current = controller;
    setRead(0);
    onError(null);
    try {
      const blob = await exportChanges({ query, format, signal: controller.signal, onProgress: setRead });
      download(blob, `dimmer-changes-${new Date().toISOString().slice(0, 10)}.${format}`);
    } catch (error) {
      if (!controller.signal.aborted) onError(error);
    }
    setRead(null);
  };
  if (read !== null) {
    return (
      <Button variant="default" onClick={() => running.current?.abort()}>
        <span role="status">{read.toLocaleString()} read …</span>&nbsp;Stop
      </Button>
    );
  }
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" leftSection={<IconDownload size={16} aria-hidden />}>
          Export
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => void run('jsonl')}>JSON lines</Menu.Item>
        <Menu.Item onClick={() => void run('csv')}>CSV, for spreadsheets</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
