import { chmodSync, cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = new URL('../', import.meta.url);

export interface Bundled {
  readonly files: number;
  readonly bytes: number;
}

/** Bundles the program into the folder, split so that heavy clients load only when they are used, with the recording that `demo` shows. It runs without any package. */
export async function bundleProgram(folder: string): Promise<Bundled> {
  const { version } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as { readonly version: string };
  const { metafile } = await build({
    absWorkingDir: fileURLToPath(root),
    entryPoints: { stanch: 'src/surfaces/command-line/main.ts' },
    outdir: folder,
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
  const program = join(folder, 'stanch.js');
  writeFileSync(program, `#!/usr/bin/env node\n${readFileSync(program, 'utf8')}`);
  chmodSync(program, 0o755);
  cpSync(new URL('recordings/kube-proxy-rules-incomplete/the-seed', root), join(folder, 'demonstration'), { recursive: true });
  const outputs = Object.values(metafile.outputs);
  return { files: outputs.length, bytes: outputs.reduce((sum, output) => sum + output.bytes, 0) };
}
