import '@mantine/core/styles.css';
import './app.css';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { warmUp } from './server/warm-up.ts';
import { offerStyleNonce } from './style-nonce.ts';

offerStyleNonce();
warmUp(location.pathname);
createRoot(document.getElementById('root') as HTMLElement).render(<App />);
