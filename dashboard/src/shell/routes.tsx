import { useSuspenseQuery } from '@tanstack/react-query';
import { lazy } from 'react';
import { Redirect, Route, Switch, useLocation, useSearchParams } from 'wouter';
import { sessionQuery } from '../api/me.ts';
import { projectsQuery } from '../api/projects.ts';
import { draftsBelongTo } from '../drafts/kept-drafts.ts';
import { lastProject } from '../drafts/last-project.ts';
import { FlagsPage } from '../pages/flags/flags-page.tsx';
import { Frame } from './frame.tsx';
import { NoProject } from './no-project.tsx';
import { NotFound } from './not-found.tsx';

// Only the list of flags comes with the first load; each other page when it is first opened.
const FlagPage = lazy(() => import('../pages/flag/flag-page.tsx').then(({ FlagPage: page }) => ({ default: page })));
const KillPage = lazy(() => import('../pages/kill/kill-page.tsx').then(({ KillPage: page }) => ({ default: page })));
const ChangesPage = lazy(() =>
  import('../pages/changes/changes-page.tsx').then(({ ChangesPage: page }) => ({ default: page })),
);
const SegmentsPage = lazy(() =>
  import('../pages/segments/segments-page.tsx').then(({ SegmentsPage: page }) => ({ default: page })),
);
const SegmentPage = lazy(() =>
  import('../pages/segments/segment-page.tsx').then(({ SegmentPage: page }) => ({ default: page })),
);
const EnvironmentsPage = lazy(() =>
  import('../pages/environments/environments-page.tsx').then(({ EnvironmentsPage: page }) => ({ default: page })),
);
const KeysPage = lazy(() => import('../pages/keys/keys-page.tsx').then(({ KeysPage: page }) => ({ default: page })));
const ChangeRequestsPage = lazy(() =>
  import('../pages/change-requests/change-requests-page.tsx').then(({ ChangeRequestsPage: page }) => ({
    default: page,
  })),
);
const ChangeRequestPage = lazy(() =>
  import('../pages/change-requests/change-request-page.tsx').then(({ ChangeRequestPage: page }) => ({
    default: page,
  })),
);
const InstancesPage = lazy(() =>
  import('../pages/instances/instances-page.tsx').then(({ InstancesPage: page }) => ({ default: page })),
);
const PeoplePage = lazy(() =>
  import('../pages/people/people-page.tsx').then(({ PeoplePage: page }) => ({ default: page })),
);
const AccountPage = lazy(() =>
  import('../pages/account/account-page.tsx').then(({ AccountPage: page }) => ({ default: page })),
);
const SignInPage = lazy(() =>
  import('../pages/sign-in/sign-in-page.tsx').then(({ SignInPage: page }) => ({ default: page })),
);
const LinkPage = lazy(() => import('../pages/sign-in/link-page.tsx').then(({ LinkPage: page }) => ({ default: page })));

/** Which page stands under which address. */
export function Routes() {
  return (
    <Switch>
      <Route path="/sign-in">
        <SignInPage />
      </Route>
      {/* Set-up, invitation, reset: the code stands behind the #, so it reaches no log. */}
      <Route path="/link">
        <LinkPage />
      </Route>
      <Route>
        <SignedIn />
      </Route>
    </Switch>
  );
}

/** All that needs somebody signed in. */
function SignedIn() {
  const { data: me } = useSuspenseQuery(sessionQuery);
  const [location] = useLocation();
  const [search] = useSearchParams();
  if (me === null) {
    const back = `${location}${search.size > 0 ? `?${search}` : ''}`;
    return <Redirect to={back === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(back)}`} replace />;
  }
  draftsBelongTo(me.id);
  return (
    // Somebody else may have signed in, in another tab: nothing of what was open here is theirs.
    <Frame key={me.id}>
      <Switch>
        <Route path="/projects/:project/flags">{({ project }) => <FlagsPage project={project} />}</Route>
        <Route path="/projects/:project/flags/:flag">
          {({ project, flag }) => <FlagPage key={`${project}/${flag}`} project={project} flag={flag} />}
        </Route>
        <Route path="/projects/:project/kill">{({ project }) => <KillPage project={project} />}</Route>
        <Route path="/projects/:project/changes">{({ project }) => <ChangesPage project={project} />}</Route>
        <Route path="/projects/:project/segments">{({ project }) => <SegmentsPage project={project} />}</Route>
        <Route path="/projects/:project/segments/:segment">
          {({ project, segment }) => <SegmentPage key={segment} project={project} segment={segment} />}
        </Route>
        <Route path="/projects/:project/environments">{({ project }) => <EnvironmentsPage project={project} />}</Route>
        <Route path="/projects/:project/keys">{({ project }) => <KeysPage project={project} />}</Route>
        <Route path="/projects/:project/change-requests">
          {({ project }) => <ChangeRequestsPage project={project} />}
        </Route>
        <Route path="/projects/:project/change-requests/:request">
          {({ project, request }) => <ChangeRequestPage key={request} project={project} request={request} />}
        </Route>
        <Route path="/projects/:project/instances">{({ project }) => <InstancesPage project={project} />}</Route>
        <Route path="/people">
          <PeoplePage />
        </Route>
        <Route path="/audit">
          <ChangesPage project={null} />
        </Route>
        <Route path="/account">
          <AccountPage />
        </Route>
        <Route path="/">
          <Home />
        </Route>
        <Route>
          <NotFound />
        </Route>
      </Switch>
    </Frame>
  );
}

/** The flags of the project that was open last. */
function Home() {
  const { data: projects } = useSuspenseQuery(projectsQuery);
  const last = lastProject();
  const project = projects.find(({ key }) => key === last) ?? projects[0];
  if (project === undefined) return <NoProject />;
  return <Redirect to={`/projects/${encodeURIComponent(project.key)}/flags`} replace />;
}
