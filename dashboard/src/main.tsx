import '@mantine/core/styles.css';
import './app.css';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { BASE } from './server/base.ts';
import { warmUp } from './server/warm-up.ts';
import { offerStyleNonce } from './style-nonce.ts';

offerStyleNonce();
warmUp(`/${location.pathname.slice(BASE.length)}`);
createRoot(document.getElementById('root') as HTMLElement).render(<App />);
