import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** `npm run build -- server` builds it; while you work on it, `npm run dev` serves it beside the server (`scripts/dev.ts`). */
export default defineConfig({
  plugins: [react()],
  // Found from wherever the page is: the server puts the way back to its root in front (`dashboard-files.ts`).
  base: './',
  build: {
    target: 'es2022',
    // The first that know light-dark(): for older ones it would be rewritten to what only follows a media query.
    cssTarget: ['chrome123', 'edge123', 'firefox120', 'safari17.5'],
    // Inlined assets would need `data:` in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 700,
  },
});
