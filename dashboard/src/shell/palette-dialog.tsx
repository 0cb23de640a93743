import { Text, TextInput, UnstyledButton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type KeyboardEvent, useMemo, useState } from 'react';
import { useLocation } from 'wouter';
import { flagsQuery } from '../api/flags.ts';
import { Dialog } from '../elements/dialog.tsx';
import { shownText } from '../sentences/shown-text.ts';
import classes from './palette-dialog.module.css';

const MOST_SHOWN = 12;

interface Entry {
  readonly id: string;
  readonly label: string;
  readonly detail: string;
  readonly href: string;
}

const PAGES = [
  ['Flags', 'flags'],
  ['Kill switch', 'kill'],
  ['Changes', 'changes'],
  ['Change requests', 'change-requests'],
  ['Segments', 'segments'],
  ['Instances', 'instances'],
  ['Environments', 'environments'],
  ['Keys', 'keys'],
] as const;

interface Props {
  readonly project: string | null;
  readonly onClose: () => void;
}

/** Type a part of a flag or page, arrow to it, Enter. */
export function PaletteDialog({ project, onClose }: Props) {
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState(0);
  const [, navigate] = useLocation();
  const { data: flags = [] } = useQuery({ ...flagsQuery(project ?? ''), enabled: project !== null });
  const found = useMemo((): readonly Entry[] => {
    const base = `/projects/${encodeURIComponent(project ?? '')}`;
    const pages: Entry[] = [
      ...(project === null ? [] : PAGES.map(([label, at]) => ({ label, href: `${base}/${at}` }))),
      { label: 'People', href: '/people' },
      { label: 'Audit', href: '/audit' },
      { label: 'Account and security', href: '/account' },
    ].map(({ label, href }) => ({ id: href, label, detail: 'Page', href }));
    const all = [
      ...flags.map(({ key, name, archived }) => ({
        id: `flag ${key}`,
        label: shownText(name || key),
        detail: archived ? `${key} · archived` : key,
        href: `${base}/flags/${encodeURIComponent(key)}`,
      })),
      ...pages,
    ];
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length === 0) return [...pages, ...all.slice(0, 4)].slice(0, MOST_SHOWN);
    const hits = all.filter(({ label, detail }) =>
      words.every((word) => `${label} ${detail}`.toLowerCase().includes(word)),
    );
    return hits.slice(0, MOST_SHOWN);
  }, [flags, project, text]);

  const go = (entry: Entry | undefined): void => {
    if (!entry) return;
    onClose();
    navigate(entry.href);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === 'Enter') go(found[chosen]);
    if (step === undefined || found.length === 0) return;
    event.preventDefault();
    setChosen((chosen + step + found.length) % found.length);
  };
  const active = found[chosen];
  return (
    <Dialog
      onClose={onClose}
      withCloseButton={false}
      title="Search flags and pages"
      holds={() => false}
      classNames={{ header: 'visually-hidden', body: classes.body }}
      padding="xs"
      yOffset="10dvh"
    >
      <TextInput
        data-autofocus
        size="md"
        placeholder="A flag or page …"
        aria-label="Search flags and pages"
        role="combobox"
        aria-expanded
        aria-controls="palette-found"
        aria-activedescendant={active ? `palette-${chosen}` : ''}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setChosen(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div id="palette-found" role="listbox" aria-label="Found" className={classes.found}>
        {found.map((entry, index) => (
          <UnstyledButton
            key={entry.id}
            id={`palette-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === chosen}
            className={classes.entry}
            onClick={() => go(entry)}
            onMouseMove={() => setChosen(index)}
          >
            <Text span truncate>
              {entry.label}
            </Text>
            <Text span size="xs" className={classes.detail} truncate>
              {entry.detail}
            </Text>
          </UnstyledButton>
        ))}
        {found.length === 0 && (
          <Text c="dimmed" p="sm" size="sm">
            Nothing is called that.
          </Text>
        )}
      </div>
    </Dialog>
  );
}
