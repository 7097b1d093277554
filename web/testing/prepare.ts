import { existsSync } from 'node:fs';
import { build } from 'vite';
import { fileURLToPath } from 'node:url';
import { keepInvestigations } from './investigations.ts';

/** Before all tests: a browser, the page as it is now, and the investigations that it is to show. Playwright asks for a default export. */
export default async function prepare(): Promise<() => void> {
  const chromium = process.env['STANCH_CHROMIUM'] ?? '/usr/bin/chromium';
  if (!existsSync(chromium))
    throw new Error(
      `Tried to find a browser at ${chromium}, and there is none. What to do: apt-get install -y --no-install-recommends chromium, or name one with STANCH_CHROMIUM.`,
    );
  await build({ configFile: fileURLToPath(new URL('../vite.config.ts', import.meta.url)), logLevel: 'warn' });
  return keepInvestigations();
}
