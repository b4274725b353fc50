import { defineConfig } from 'vite';

/**
 * `vite build portal-api/web`, from anywhere; for work on the page, `vite portal-api/web` beside a
 * portal on 8080.
 */
export default defineConfig({
  root: import.meta.dirname,
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: '../../dist/portal-api/web',
    emptyOutDir: true,
    target: 'es2022',
    // The content security policy lets no data: script or style run, and no style stand in the
    // page.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { proxy: { '/api': 'http://127.0.0.1:8080' } },
});
