import { Divider, NavLink } from '@mantine/core';
import {
  IconBolt,
  IconFlag,
  IconGitPullRequest,
  IconHistory,
  IconKey,
  IconListCheck,
  IconServer,
  IconShieldCheck,
  IconStack2,
  IconUsers,
} from '@tabler/icons-react';
import { Link, useLocation } from 'wouter';
import { useMay } from '../api/me.ts';
import classes from './frame.module.css';

const OF_PROJECT = [
  { name: 'Flags', at: 'flags', icon: IconFlag },
  { name: 'Kill switch', at: 'kill', icon: IconBolt },
  { name: 'Changes', at: 'changes', icon: IconHistory },
  { name: 'Change requests', at: 'change-requests', icon: IconGitPullRequest },
  { name: 'Segments', at: 'segments', icon: IconListCheck },
  { name: 'Instances', at: 'instances', icon: IconServer },
  { name: 'Environments', at: 'environments', icon: IconStack2 },
] as const;

/** Where one can go. What somebody may not see is not offered. */
export function Navigation({ project }: { readonly project: string | null }) {
  const [location] = useLocation();
  const may = useMay();
  const link = (name: string, href: string, Icon: typeof IconFlag) => (
    <NavLink
      key={href}
      component={Link}
      href={href}
      label={name}
      leftSection={<Icon size={18} aria-hidden />}
      active={location === href || location.startsWith(`${href}/`)}
      {...(location === href && { 'aria-current': 'page' as const })}
    />
  );
  const base = `/projects/${encodeURIComponent(project ?? '')}`;
  return (
    <div className={classes.scrolling}>
      {project !== null && OF_PROJECT.map(({ name, at, icon }) => link(name, `${base}/${at}`, icon))}
      {project !== null && link('Keys', `${base}/keys`, IconKey)}
      {project !== null && <Divider my="xs" />}
      {may('manage', project, null) && link('People', '/people', IconUsers)}
      {may('read', null, null) && link('Audit', '/audit', IconShieldCheck)}
    </div>
  );
}
