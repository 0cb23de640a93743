import '@mantine/core/styles.css';
import './app.css';
import { createRoot } from 'react-dom/client';
import { BASE } from './api/base.ts';
import { warmUp } from './api/warm-up.ts';
import { App } from './app.tsx';
import { offerStyleNonce } from './style-nonce.ts';

offerStyleNonce();
warmUp(`/${location.pathname.slice(BASE.length)}`);
createRoot(document.getElementById('root') as HTMLElement).render(<App />);
