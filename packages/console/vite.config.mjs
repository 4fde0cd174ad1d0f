/** What `npm run build` makes of page/: static files with relative addresses, which a service serves under any prefix. */
import path from 'node:path';
import { defineConfig } from 'vite';

export default defineConfig({
  root: path.join(import.meta.dirname, 'page'),
  base: './',
  logLevel: 'warn',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  worker: { format: 'es' },
  build: {
    outDir: path.join(import.meta.dirname, 'static'),
    emptyOutDir: true,
    target: 'es2022',
    // Nothing stands in the page's text: its Content-Security-Policy has neither inline scripts nor data: addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
});
