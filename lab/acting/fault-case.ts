import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pause } from '../run-program.ts';
import { differenceOf, leftovers, readState, type ClusterState } from './object-state.ts';
import { badNode, beginAgain, faultsNamespace, hasEnded, isCordoned } from './small-incident.ts';
import { readNotes, readTold, type StanchEnd, startStanch, type StanchRun, type ToldChange } from './stanch-run.ts';
import type { LoggedWrite, WriteProxy } from './write-proxy.ts';

/** What all cases share. */
export interface Setting {
  readonly directory: string;
  readonly proxy: WriteProxy;
  /** The cluster with the incident in it, before anybody acts. */
  readonly before: ClusterState;
}

export interface FaultCase {
  readonly name: string;
  /** Returns what was not as it should be. Empty: it passed. */
  readonly run: (setting: Setting) => Promise<readonly string[]>;
}

/** One incident of its own, with a database of its own. */
export interface Night {
  readonly setting: Setting;
  readonly database: string;
  readonly databaseFile: string;
}

export async function openNight(setting: Setting): Promise<Night> {
  const directory = await mkdtemp(join(setting.directory, 'night-'));
  const databaseFile = join(directory, 'stanch.db');
  return { setting, databaseFile, database: `sqlite:${databaseFile}` };
}

export async function closeNight({ databaseFile }: Night): Promise<void> {
  await rm(join(databaseFile, '..'), { recursive: true, force: true });
}

const patience = ['--soak=6s', '--within=40s'];

export interface Wish {
  readonly approve?: readonly string[];
}

export function startMitigation({ setting, database }: Night, { approve = ['cordon-node'] }: Wish = {}): StanchRun {
  const approvals = approve.flatMap((id) => ['--approve', id]);
  const source = [`--kubeconfig=${setting.proxy.kubeconfigPath}`, `--namespace=${faultsNamespace}`];
  return startStanch(['mitigate', ...source, ...approvals, ...patience, '--database', database]);
}

export function resume({ database }: Night, id: string): Promise<StanchEnd> {
  return startStanch(['mitigate', '--incident', id, '--approve', 'cordon-node', ...patience, '--database', database]).ended;
}

export function startUndo({ database }: Night, id: string): StanchRun {
  return startStanch(['undo', id, '--database', database]);
}

/** The incident that this night is about. There is one. */
export function incidentIn({ databaseFile }: Night): string {
  const database = new DatabaseSync(databaseFile, { readOnly: true });
  try {
    const id = database.prepare('select id from incident').get()?.['id'];
    if (typeof id !== 'string') throw new Error('No incident was stored.');
    return id;
  } finally {
    database.close();
  }
}

export function ended(what: string, { status, output, errors }: StanchEnd, wanted: number | undefined): readonly string[] {
  if (status === wanted) return [];
  return [
    `${what} ended with status ${status ?? 'of a signal'}, expected ${wanted ?? 'a signal'}: ${(errors || output).trim().slice(-600)}`,
  ];
}

/** Whether the record says of each change what the cluster says. */
export async function untruths(night: Night): Promise<readonly string[]> {
  const { database } = night;
  const id = incidentIn(night);
  const { attempts } = await readTold(database, id);
  const wrong: string[] = [];
  let isOpen = false;
  for (const { plan, done, undone } of attempts) {
    for (const [index, change] of plan.changes.entries()) {
      const [there, back] = [done[index], undone[index]];
      const isPutBack = back?.result?.state === 'done';
      isOpen ||= [there, back].some((each) => each !== undefined && each.begun > 0 && each.result === undefined);
      const isSo = await holds(change);
      if (there?.result?.state === 'done' && back?.begun === 0 && !isSo) wrong.push(`${change.kind} is told to be done, and is not`);
      if ((there?.begun === 0 || isPutBack) && isSo) wrong.push(`${change.kind} is told not to be in force, and is`);
    }
  }
  if (isOpen && !/its end is not known/.test(await readNotes(database, id)))
    wrong.push('the notes do not say that the end of a change is not known');
  return wrong;
}

async function holds({ kind, uid, node, namespace, pod }: ToldChange): Promise<boolean> {
  if (kind === 'cordon' && node !== undefined) return isCordoned(node);
  if (kind === 'evict' && namespace !== undefined && pod !== undefined) return hasEnded({ namespace, pod, uid });
  throw new Error(`No case tells whether ${kind} was done.`);
}

/** Nothing was done twice: each change was accepted by the server once. */
export function repeated(writes: readonly LoggedWrite[]): readonly string[] {
  const accepted = writes.filter(({ status }) => status !== undefined && status < 300).map(keyOf);
  const twice = accepted.filter((key, index) => accepted.indexOf(key) !== index);
  return twice.map((key) => `done twice: ${key}`);
}

function keyOf({ method, path, body }: LoggedWrite): string {
  const withoutVersion = body.replace(/\{[^{}]*"\/metadata\/resourceVersion"[^{}]*\}/, '');
  return `${method} ${path} ${withoutVersion}`;
}

/** After an undo, the cluster is as it was; then the incident is set up again for the next case. */
export async function undoAndCompare(night: Night, id: string): Promise<readonly string[]> {
  const undone = await startUndo(night, id).ended;
  return [...ended('stanch undo', undone, 0), ...(await compareAndBeginAgain(night.setting))];
}

export async function compareAndBeginAgain({ before }: Setting): Promise<readonly string[]> {
  const wrong = [...(await lasting(async () => differenceOf(before, await readState()))), ...(await leftovers())];
  // What was seen until here is told, also where the next case cannot begin.
  await beginAgain().catch((cause: unknown) => wrong.push(cause instanceof Error ? cause.message : String(cause)));
  return wrong;
}

/** What is still different after controllers had their time. */
async function lasting(look: () => Promise<readonly string[]>): Promise<readonly string[]> {
  const until = Date.now() + 30_000;
  for (;;) {
    const seen = await look();
    if (seen.length === 0 || Date.now() > until) return seen;
    await pause(1000);
  }
}

export const cordonPath = `/api/v1/nodes/${badNode}`;
