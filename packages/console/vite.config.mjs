/** What `npm run build` makes of page/: static files with relative addresses, which a service serves under any prefix. */
import path from 'node:path';
import { createLogger, defineConfig } from 'vite';

// apiv3 names Node's modules in files of which nothing is left in the page; the test of the static files holds that.
const customLogger = createLogger('warn');
const warn = customLogger.warn.bind(customLogger);
customLogger.warn = (text, options) => {
  if (!/Module "node:[\w/]+" has been externalized/.test(text)) warn(text, options);
};

export default defineConfig({
  root: path.join(import.meta.dirname, 'page'),
  base: './',
  customLogger,
  // The table of slots alone. The whole package names files of its decoder by URL, and Vite would copy them into the page.
  resolve: { alias: { '@coupon-media/prepare': path.join(import.meta.dirname, '../prepare/dist/slots.js') } },
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
