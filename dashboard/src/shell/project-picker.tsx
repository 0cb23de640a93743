import { NativeSelect } from '@mantine/core';
import { useSuspenseQuery } from '@tanstack/react-query';
import { useLocation } from 'wouter';
import { projectsQuery } from '../api/projects.ts';
import { shownText } from '../sentences/shown-text.ts';

/**
 * Goes from one project to another, to the same page. The browser's own list: a telephone shows it large, and the first
 * page does not wait for the code of another one.
 */
export function ProjectPicker({ project }: { readonly project: string | null }) {
  const { data: projects } = useSuspenseQuery(projectsQuery);
  const [location, navigate] = useLocation();
  if (projects.length === 0) return null;
  const [, , , page = 'flags'] = project === null ? [] : location.split('/');
  const choices = projects.map(({ key, name }) => ({ value: key, label: shownText(name || key) }));
  return (
    <NativeSelect
      aria-label="Project"
      data={project === null ? [{ value: '', label: 'Choose a project' }, ...choices] : choices}
      value={project ?? ''}
      onChange={({ currentTarget: { value } }) => {
        if (value !== '') navigate(`/projects/${encodeURIComponent(value)}/${page}`);
      }}
      w={180}
      miw={0}
      flex="0 1 auto"
    />
  );
}
