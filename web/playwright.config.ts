import { fileURLToPath } from 'node:url';
import { defineConfig } from '@playwright/test';

/** Debian's; another one is named by STANCH_CHROMIUM. */
const chromium = process.env['STANCH_CHROMIUM'] ?? '/usr/bin/chromium';

export default defineConfig({
  testDir: fileURLToPath(new URL('testing', import.meta.url)),
  testMatch: '*.spec.ts',
  outputDir: fileURLToPath(new URL('../coverage/page', import.meta.url)),
  globalSetup: fileURLToPath(new URL('testing/prepare.ts', import.meta.url)),
  reporter: [['list'], [fileURLToPath(new URL('testing/page-test-count.ts', import.meta.url))]],
  fullyParallel: true,
  workers: 2,
  forbidOnly: true,
  // A limit against hanging, not a measurement.
  timeout: 180_000,
  expect: { timeout: 20_000 },
  use: { browserName: 'chromium', launchOptions: { executablePath: chromium }, contextOptions: { reducedMotion: 'reduce' } },
});
