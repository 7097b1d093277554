import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import packageDescription from '../../package.json' with { type: 'json' };
import { catalogue } from '../catalogue/index.generated.ts';
import { checkCommand } from '../engine/check-command.ts';
import { investigate } from '../engine/investigate.ts';
import { mitigations } from '../mitigations/index.generated.ts';
import type { EvidenceTap } from '../ports/evidence-tap.ts';
import type { WrittenRecording } from '../ports/recorder.ts';
import { investigationInput, type PreparedInput } from './input.ts';
import { writeRoles } from './permissions.ts';
import { openSources } from './sources.ts';
import type { Composition, InvestigationOptions, RecordingOptions } from '../surfaces/command-line/composition.ts';
import type { Announcer, Failure, SourceOptions } from '../surfaces/command-line/looking.ts';

/** The one place where adapters are chosen and joined. */
export const composition: Composition = {
  runInvestigation,
  runRecording,
  runCheck,
  demonstration: () => ({ recording: demonstration() }),
  permissions: writeRoles,
  catalogue,
  openActing: () => import('./acting.ts'),
  openServing: () => import('./serving.ts'),
  readPolicy: async (file) => (await import('../policy-files/read-policy-file.ts')).readPolicyFile(file, knownNames),
};

/** A bundle carries it beside itself; the repository has it among its recordings. */
function demonstration(): string {
  const beside = join(import.meta.dirname, 'demonstration');
  return existsSync(beside) ? beside : join(import.meta.dirname, '../../recordings/kube-proxy-rules-incomplete/the-seed');
}

/** A policy that names a mitigation which does not exist allows less than its author thinks. */
const knownNames = { mitigations: mitigations.map(({ id }) => id) };

type Investigated = Awaited<ReturnType<typeof investigate>>;

async function runInvestigation(
  options: InvestigationOptions,
  announcer: Announcer,
  signal: AbortSignal,
): ReturnType<Composition['runInvestigation']> {
  if (options.record === undefined) return work(options, announcer, signal, undefined);
  const recorded = await workAndRecord({ ...options, record: options.record }, announcer, signal);
  return recorded.state === 'failed' ? recorded : recorded.investigated;
}

async function runRecording(options: RecordingOptions, announcer: Announcer, signal: AbortSignal): ReturnType<Composition['runRecording']> {
  const recorded = await workAndRecord(options, announcer, signal);
  return recorded.state === 'failed' ? recorded : recorded.written;
}

interface Recorded {
  readonly state: 'done';
  readonly investigated: Extract<Investigated, { readonly state: 'done' }>;
  readonly written: WrittenRecording;
}

/** A recording is of an investigation: what it read is what is kept. */
async function workAndRecord(options: RecordingOptions, announcer: Announcer, signal: AbortSignal): Promise<Recorded | Failure> {
  const { openRecorder } = await import('../stores/recordings/open-recorder.ts');
  const opened = await openRecorder(options.record, { overwrites: false });
  if (opened.state === 'failed') return opened;
  const { recorder } = opened;
  try {
    const investigated = await work(options, announcer, signal, recorder);
    if (investigated.state === 'failed') return investigated;
    const origin = options.recording === undefined ? undefined : `from ${basename(options.recording)}`;
    const written = await recorder.finish({
      snapshot: investigated.snapshot,
      page: investigated.page,
      tool: `stanch ${packageDescription.version}`,
      origin,
    });
    return written.state === 'failed' ? written : { state: 'done', investigated, written };
  } finally {
    await recorder.discard();
  }
}

type Worked = (Extract<Investigated, { readonly state: 'done' }> & { readonly page: string | undefined }) | Failure;

async function work(options: SourceOptions, announcer: Announcer, signal: AbortSignal, tap: EvidenceTap | undefined): Promise<Worked> {
  return withSources({ options, announcer, tap }, signal, async ({ investigation, page }) => {
    const result = await investigate(investigation, signal);
    return result.state === 'failed' ? result : { ...result, page };
  });
}

function runCheck(options: SourceOptions, checked: string, announcer: Announcer, signal: AbortSignal): ReturnType<Composition['runCheck']> {
  return withSources({ options, announcer, tap: undefined }, signal, ({ investigation }) => checkCommand(investigation, checked, signal));
}

interface Looking {
  readonly options: SourceOptions;
  readonly announcer: Announcer;
  readonly tap: EvidenceTap | undefined;
}

/** Opens what was asked for, does one thing with it, and closes it again whatever happens. */
async function withSources<Result>(
  { options, announcer, tap }: Looking,
  signal: AbortSignal,
  doing: (input: PreparedInput) => Promise<Result>,
): Promise<Result | Failure> {
  const opened = await openSources(options, { notice: (text) => announcer.announce({ kind: 'notice', text }), tap });
  if (opened.state === 'failed') return opened;
  try {
    const input = await investigationInput(options, opened, { announcer, signal });
    return input.state === 'failed' ? input : await doing(input);
  } finally {
    await Promise.all(opened.sources.map((source) => source.close()));
  }
}
