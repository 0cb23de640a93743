import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** `npm run build -- server` builds it too; while working on it: `npm run dev -w dashboard`, beside a server on port 4400. */
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
  server: {
    // The server looks at whether a request comes from its own page, so it must see the name that the browser sees.
    proxy: Object.fromEntries(
      ['/api', '/auth', '/openapi'].map((path) => [path, { target: 'http://127.0.0.1:4400', changeOrigin: false }]),
    ),
  },
});
