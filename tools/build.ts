// npm run build: bundles the program into dist/, split so that heavy clients load only when they are used, and the page into dist/web/.
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { build as buildPage } from 'vite';

const entry = 'src/surfaces/command-line/main.ts';
const root = new URL('../', import.meta.url);
if (!existsSync(new URL(entry, root))) throw new Error(`There is nothing to build: ${entry} does not exist.`);

const { version } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as { readonly version: string };
rmSync(new URL('dist', root), { recursive: true, force: true });
const { metafile } = await build({
  absWorkingDir: fileURLToPath(root),
  entryPoints: { stanch: entry },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'linked',
  metafile: true,
  define: { 'process.env.STANCH_VERSION': JSON.stringify(version) },
  // Packages in the old module format call require, which a module does not have.
  banner: {
    js: "import { createRequire as stanchCreateRequire } from 'node:module'; const require = stanchCreateRequire(import.meta.url);",
  },
  logLevel: 'warning',
});
const program = new URL('dist/stanch.js', root);
writeFileSync(program, `#!/usr/bin/env node\n${readFileSync(program, 'utf8')}`);
chmodSync(program, 0o755);

await buildPage({ configFile: fileURLToPath(new URL('web/vite.config.ts', root)), logLevel: 'warn' });

const bytes = Object.values(metafile.outputs).reduce((sum, output) => sum + output.bytes, 0);
console.log(`dist/: ${Object.keys(metafile.outputs).length} files, ${Math.round(bytes / 1024)} KiB`);
