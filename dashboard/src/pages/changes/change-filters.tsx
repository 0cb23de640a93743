import { Autocomplete, Group, Select, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { flagsQuery } from '../../api/flags.ts';
import { environmentsQuery, projectsQuery } from '../../api/projects.ts';
import { shownText } from '../../sentences/shown-text.ts';
import { type ChangeFilter, WINDOWS } from './change-filter.ts';

const TYPING_MS = 250;

interface Props {
  readonly filter: ChangeFilter;
  /** Of the audit: which project can be chosen. */
  readonly isProjectChosen: boolean;
  readonly onChange: (name: 'project' | 'environment' | 'flag' | 'person' | 'since', value: string | null) => void;
}

/** Which changes are looked at. */
export function ChangeFilters({ filter, isProjectChosen, onChange }: Props) {
  const { project, environment, flag, person, window } = filter;
  const isInProject = project !== null;
  const { data: projects = [] } = useQuery({ ...projectsQuery, enabled: isProjectChosen });
  const { data: environments = [] } = useQuery({ ...environmentsQuery(project ?? ''), enabled: isInProject });
  const { data: flags = [] } = useQuery({ ...flagsQuery(project ?? ''), enabled: isInProject });
  const [typedFlag, setTypedFlag] = useState(flag ?? '');
  const [typedPerson, setTypedPerson] = useState(person ?? '');
  const later = useDebouncedCallback(onChange, TYPING_MS);
  return (
    <Group gap="sm" align="flex-end" role="search" aria-label="Filter changes">
      {isProjectChosen && (
        <Select
          label="Project"
          placeholder="All"
          data={projects.map(({ key, name }) => ({ value: key, label: shownText(name || key) }))}
          value={project}
          onChange={(chosen) => {
            setTypedFlag('');
            onChange('project', chosen);
          }}
          clearable
          clearButtonProps={{ 'aria-label': 'All projects' }}
          flex="1 1 9rem"
        />
      )}
      {isInProject && (
        <Select
          label="Environment"
          placeholder="All"
          data={environments.map(({ key, name }) => ({ value: key, label: shownText(name || key) }))}
          value={environment}
          onChange={(chosen) => onChange('environment', chosen)}
          clearable
          clearButtonProps={{ 'aria-label': 'All environments' }}
          flex="1 1 9rem"
        />
      )}
      {isInProject && (
        <Autocomplete
          label="Flag"
          placeholder="All"
          data={flags.map(({ key }) => key)}
          limit={20}
          value={typedFlag}
          onChange={(typed) => {
            setTypedFlag(typed);
            if (typed === '' || flags.some(({ key }) => key === typed)) later('flag', typed || null);
          }}
          onBlur={() => onChange('flag', typedFlag.trim() || null)}
          flex="1 1 9rem"
        />
      )}
      <TextInput
        label="Person"
        placeholder="Anybody"
        value={typedPerson}
        onChange={(event) => {
          setTypedPerson(event.currentTarget.value);
          later('person', event.currentTarget.value || null);
        }}
        flex="1 1 9rem"
      />
      <Select
        label="When"
        placeholder="Any time"
        data={Object.entries(WINDOWS).map(([value, { label }]) => ({ value, label }))}
        value={window}
        onChange={(chosen) => onChange('since', chosen)}
        clearable
        clearButtonProps={{ 'aria-label': 'Any time' }}
        flex="1 1 9rem"
      />
    </Group>
  );
}
