import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { isRecord } from '../src/domain/shape.ts';
import { readExpectation } from './evaluate/expectation.ts';

/** How the lab signs what it recorded from its cluster; recordings that were written by a program have no such file. */
const labSignature = 'npm run lab -- record ';

/** Failure modes that are the first cause of a recording which the lab took from its real cluster, sorted. */
export function provenBy(recordings: URL): readonly string[] {
  const root = fileURLToPath(recordings);
  const proven = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('/origin.json'))
    .map((path) => join(root, path.slice(0, -'/origin.json'.length)))
    .filter((folder) => isFromTheLab(readJson(join(folder, 'origin.json'))))
    .flatMap((folder) => readExpectation(readJson(join(folder, 'expectation.json')))?.roots[0]?.failureModes ?? []);
  return [...new Set(proven)].toSorted();
}

function isFromTheLab(origin: unknown): boolean {
  return isRecord(origin) && typeof origin['madeBy'] === 'string' && origin['madeBy'].startsWith(labSignature);
}

function readJson(path: string): unknown {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
}
