import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Grant, Role } from '../api/me.ts';
import { environmentsQuery, projectsQuery } from '../api/projects.ts';
import { ROLES, roleMeaning } from '../sentences/grants-sentence.ts';
import { shownText } from '../sentences/shown-text.ts';

/** Stands for `null`, which a select cannot have. No key begins with a dot. */
const ALL = '.all';

interface Props {
  readonly grant: Grant;
  readonly onChange: (grant: Grant) => void;
}

/** A role, and how far it reaches: everywhere, one project, or one environment of it. */
export function GrantFields({ grant, onChange }: Props) {
  const { role, project, environment } = grant;
  const { data: projects = [] } = useQuery(projectsQuery);
  const { data: environments = [] } = useQuery({ ...environmentsQuery(project ?? ''), enabled: project !== null });
  const choices = (things: readonly { readonly key: string; readonly name: string }[], all: string) => [
    { value: ALL, label: all },
    ...things.map(({ key, name }) => ({ value: key, label: shownText(name || key) })),
  ];
  return (
    <>
      <Select
        label="Role"
        description={roleMeaning(role)}
        data={[...ROLES]}
        value={role}
        allowDeselect={false}
        onChange={(chosen) => chosen !== null && onChange({ ...grant, role: chosen as Role })}
        inputWrapperOrder={['label', 'input', 'description']}
        flex="1 1 9rem"
      />
      <Select
        label="In the project"
        data={choices(projects, 'All projects')}
        value={project ?? ALL}
        allowDeselect={false}
        onChange={(chosen) => onChange({ role, project: chosen === ALL ? null : chosen, environment: null })}
        flex="1 1 9rem"
      />
      {project !== null && (
        <Select
          label="In the environment"
          data={choices(environments, 'All environments')}
          value={environment ?? ALL}
          allowDeselect={false}
          onChange={(chosen) => onChange({ ...grant, environment: chosen === ALL ? null : chosen })}
          flex="1 1 9rem"
        />
      )}
    </>
  );
}
