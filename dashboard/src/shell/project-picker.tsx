import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useLocation } from 'wouter';
import { shownText } from '../elements/shown-text.ts';
import { projectsQuery } from '../server/projects.ts';

/**
 * Goes from one project to another, to the same page. A list that cannot be read must not take the page down: somebody
 * may be about to kill.
 */
export function ProjectPicker({ project }: { readonly project: string | null }) {
  const { data: projects = [] } = useQuery(projectsQuery);
  const [location, navigate] = useLocation();
  if (projects.length === 0) return null;
  const [, , , page = 'flags'] = project === null ? [] : location.split('/');
  return (
    <Select
      aria-label="Project"
      placeholder="Choose a project"
      data={projects.map(({ key, name }) => ({ value: key, label: shownText(name || key) }))}
      value={project}
      onChange={(chosen) => chosen !== null && navigate(`/projects/${encodeURIComponent(chosen)}/${page}`)}
      allowDeselect={false}
      searchable={projects.length > 8}
      w={180}
      miw={0}
      flex="0 1 auto"
    />
  );
}
