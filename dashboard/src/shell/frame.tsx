import { AppShell, Burger, Group, Text, UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, Suspense, useEffect } from 'react';
import { Link, useLocation, useRoute } from 'wouter';
import { atBase } from '../api/base.ts';
import { projectsQuery } from '../api/projects.ts';
import { lastProject, rememberProject } from '../drafts/last-project.ts';
import { Failure } from '../elements/failure.tsx';
import { Loading } from '../elements/loading.tsx';
import { AccountMenu } from './account-menu.tsx';
import { ConnectionNote } from './connection-note.tsx';
import classes from './frame.module.css';
import { LeaveGuard } from './leave-guard.tsx';
import { Navigation } from './navigation.tsx';
import { Palette, PaletteButton } from './palette.tsx';
import { ProjectPicker } from './project-picker.tsx';
import { useLive } from './use-live.ts';

/** What surrounds every page: where one is, where one can go, who one is, and whether what is shown is true. */
export function Frame({ children }: { readonly children: ReactNode }) {
  const [isOpen, { toggle, close }] = useDisclosure(false);
  const [location] = useLocation();
  const [inProject, params] = useRoute('/projects/:project/*?');
  const { data: projects = [] } = useQuery(projectsQuery);
  const last = lastProject();
  // Pages of no project lead back to the one that one came from.
  const project = inProject ? params.project : projects.some(({ key }) => key === last) ? last : null;
  const connection = useLive();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the menu closes when another page opens.
  useEffect(close, [location]);
  useEffect(() => {
    if (inProject) rememberProject(params.project);
  }, [inProject, params?.project]);
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 232, breakpoint: 'sm', collapsed: { mobile: !isOpen } }}
      padding={{ base: 'sm', sm: 'lg' }}
    >
      <a href="#main" className={classes.skip}>
        Skip to the page
      </a>
      <AppShell.Header>
        <Group h="100%" px={{ base: 'sm', sm: 'md' }} gap="sm" wrap="nowrap">
          <Burger
            opened={isOpen}
            onClick={toggle}
            hiddenFrom="sm"
            size="sm"
            aria-label={isOpen ? 'Close the menu' : 'Open the menu'}
            aria-expanded={isOpen}
          />
          <UnstyledButton component={Link} href="/" aria-label="Dimmer: home" className={classes.brand}>
            <img src={atBase('/icon.svg')} alt="" width={26} height={26} />
            <Text fw={700} visibleFrom="xs" span>
              Dimmer
            </Text>
          </UnstyledButton>
          <ProjectPicker project={project} />
          <div className={classes.gap} />
          <PaletteButton />
          <AccountMenu />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="sm" component="nav" aria-label="Pages" className={isOpen ? undefined : classes.closed}>
        <Navigation project={project} />
      </AppShell.Navbar>
      <AppShell.Main id="main">
        <ConnectionNote connection={connection} />
        <Failure key={location}>
          <Suspense fallback={<Loading what="the page" />}>{children}</Suspense>
        </Failure>
      </AppShell.Main>
      <Palette project={project} />
      <LeaveGuard />
    </AppShell>
  );
}
