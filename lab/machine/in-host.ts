import { type Host, hostNamed } from '../layout.ts';
import { type ProgramOptions, type ProgramResult, runProgram, tryProgram } from '../run-program.ts';
import { leaderOf } from './processes.ts';

/** Vector that runs a program inside the booted host, as root, among its own files, processes and network. */
export async function inHost(host: Host, vector: readonly string[]): Promise<[string, ...string[]]> {
  const leader = await leaderOf(host);
  if (leader === undefined)
    throw new Error(`Looked for the running host ${host.name}, and it is not booted. Start the lab with: npm run lab -- up`);
  return [
    'nsenter',
    `--target=${leader}`,
    '--mount',
    '--uts',
    '--ipc',
    '--net',
    '--pid',
    '--',
    '/usr/bin/env',
    '-i',
    ...environment,
    ...vector,
  ];
}

export async function runInHost(name: string, vector: readonly string[], options?: ProgramOptions): Promise<string> {
  return runProgram(await inHost(hostNamed(name), vector), options);
}

export async function tryInHost(name: string, vector: readonly string[], options?: ProgramOptions): Promise<ProgramResult> {
  return tryProgram(await inHost(hostNamed(name), vector), options);
}

const environment = [
  'PATH=/opt/kubernetes:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  'HOME=/root',
  'TERM=xterm',
  'LANG=C.UTF-8',
];
