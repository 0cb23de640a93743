import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { lazy, StrictMode, Suspense } from 'react';
import { Router } from 'wouter';
import { BASE } from './api/base.ts';
import { queryClient } from './api/query-client.ts';
import { Failure } from './elements/failure.tsx';
import { Loading } from './elements/loading.tsx';
import { Routes } from './shell/routes.tsx';
import { styleNonce } from './style-nonce.ts';
import { theme } from './theme.ts';

const Notices = lazy(() => import('./shell/notices.tsx').then(({ Notices: notices }) => ({ default: notices })));

/** The whole dashboard. */
export function App() {
  return (
    <StrictMode>
      <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={styleNonce}>
        <QueryClientProvider client={queryClient}>
          <Suspense>
            <Notices />
          </Suspense>
          <Failure>
            <Suspense fallback={<Loading what="Dimmer" />}>
              <Router base={BASE.slice(0, -1)}>
                <Routes />
              </Router>
            </Suspense>
          </Failure>
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>
  );
}
