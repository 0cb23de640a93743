/**
 * The component page: every element of the dashboard in its states, with nothing behind it. For contributors only:
 * `npm run dev` serves it at /component-page/, and no build takes it in.
 */
import '@mantine/core/styles.css';
import '../src/app.css';
import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode, Suspense } from 'react';
import { createRoot } from 'react-dom/client';
import { queryClient } from '../src/api/query-client.ts';
import { theme } from '../src/theme.ts';
import { Gallery } from './gallery.tsx';

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <MantineProvider theme={theme} defaultColorScheme="auto">
      <QueryClientProvider client={queryClient}>
        <Suspense>
          <Gallery />
        </Suspense>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
