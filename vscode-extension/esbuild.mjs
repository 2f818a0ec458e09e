// Bundles the extension (Node, CommonJS, as VS Code loads it) and the panel's script (browser).
import { cpSync } from 'node:fs';
import * as esbuild from 'esbuild';

const production = process.argv.includes('--production');
const watch = process.argv.includes('--watch');
const common = { bundle: true, minify: production, sourcemap: !production, logLevel: 'warning' };

/**
 * Keeps what is imported on demand in a file of its own: reading it would be most of the activation.
 *
 * @type {esbuild.Plugin}
 */
const onDemand = {
  name: 'on-demand',
  setup: ({ onResolve }) =>
    onResolve({ filter: /\/client$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: './client.js', external: true } : undefined,
    ),
};

/** @type {esbuild.BuildOptions[]} */
const builds = [
  {
    ...common,
    entryPoints: { extension: 'src/extension.ts', client: 'src/server/client.ts' },
    outdir: 'dist',
    plugins: [onDemand],
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    external: ['vscode'],
  },
  {
    ...common,
    entryPoints: ['src/webview/main.ts'],
    outfile: 'dist/panel.js',
    platform: 'browser',
    target: 'chrome122',
    format: 'iife',
  },
];

cpSync('src/webview/panel.css', 'dist/panel.css');
cpSync('../LICENSE', 'LICENSE');
if (watch) {
  await Promise.all(builds.map(async (options) => (await esbuild.context(options)).watch()));
} else {
  await Promise.all(builds.map((options) => esbuild.build(options)));
}
