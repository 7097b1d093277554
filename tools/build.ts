// npm run build: bundles the program into dist/, and the page into dist/web/.
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build as buildPage } from 'vite';
import { bundleProgram } from './bundle-program.ts';

const root = new URL('../', import.meta.url);
const folder = fileURLToPath(new URL('dist', root));

rmSync(folder, { recursive: true, force: true });
const { files, bytes } = await bundleProgram(folder);
await buildPage({ configFile: fileURLToPath(new URL('web/vite.config.ts', root)), logLevel: 'warn' });
console.log(`dist/: ${files} files, ${Math.round(bytes / 1024)} KiB`);
