import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { cruise, type IConfiguration } from 'dependency-cruiser';

export interface ImportReport {
  /** One line each: rule, from, to. */
  readonly violations: readonly string[];
  readonly seen: number;
  /** TypeScript files on disk that the cruise did not visit. Not empty: its silence means nothing. */
  readonly unseen: readonly string[];
}

const rules = createRequire(import.meta.url)('./dependency-rules.cjs') as IConfiguration;

export interface ImportCheck {
  readonly root: URL;
  /** Relative to the root. */
  readonly folders: readonly string[];
}

/** Checks the import rules for the folders under the root. */
export async function brokenImportRules({ root, folders }: ImportCheck): Promise<ImportReport> {
  const { output } = await cruise([...folders], {
    ...rules.options,
    baseDir: fileURLToPath(root),
    validate: true,
    ruleSet: { forbidden: rules.forbidden ?? [] },
  });
  if (typeof output === 'string') throw new Error('dependency-cruiser answered with text where a report was expected');
  const visited = new Set(output.modules.filter((module) => !module.couldNotResolve).map((module) => module.source));
  const onDisk = folders.flatMap((folder) =>
    readdirSync(new URL(`${folder}/`, root), { recursive: true, encoding: 'utf8' })
      .filter((path) => /[.]tsx?$/.test(path) && !path.endsWith('.d.ts') && !path.includes('node_modules/'))
      .map((path) => `${folder}/${path}`),
  );
  return {
    violations: output.summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`).toSorted(),
    seen: visited.size,
    unseen: onDisk.filter((path) => !visited.has(path)).toSorted(),
  };
}
