import { Readable } from 'node:stream';
import { type CommandCheck, commandCheckSchema } from '../../domain/command-check.ts';
import { exampleInvestigation } from '../../writing/example-investigation.ts';
import type { Composition, InvestigationOptions, RecordingOptions } from './composition.ts';
import { runCommandLine } from './run-command-line.ts';
import type { Terminal } from './terminal.ts';

const exampleCheck: CommandCheck = {
  schema: commandCheckSchema,
  command: '',
  cluster: { source: 'live', name: 'example' },
  verdict: 'cannot-tell',
  warnings: [],
  doubts: ['No Pod a was seen in namespace default.'],
};

/** A program around nothing: what was asked of it is kept, and it answers with the example. */
export interface ExampleProgram {
  readonly run: (...given: readonly string[]) => Promise<{ readonly status: number; readonly out: string; readonly error: string }>;
  readonly asked: (InvestigationOptions | RecordingOptions)[];
}

export interface ExampleSettings {
  readonly composition?: Partial<Composition>;
  readonly terminal?: Partial<Terminal>;
  readonly input?: string;
  readonly interruption?: AbortSignal;
  /** Absent: none. */
  readonly graceSeconds?: number;
}

export function exampleProgram(settings: ExampleSettings = {}): ExampleProgram {
  const asked: (InvestigationOptions | RecordingOptions)[] = [];
  const composition: Composition = {
    runInvestigation: (options, announcer) => {
      asked.push(options);
      announcer.announce({ kind: 'progress', text: 'listing pods (1 of 22)' });
      announcer.announce({ kind: 'finished', investigation: exampleInvestigation });
      return Promise.resolve({ state: 'done', investigation: exampleInvestigation });
    },
    runRecording: (options) => {
      asked.push(options);
      return Promise.resolve({ state: 'done', path: options.record, files: 12, bytes: 20_480 });
    },
    runCheck: (options, checked) => {
      asked.push(options);
      return Promise.resolve({ state: 'done', check: { ...exampleCheck, command: checked } });
    },
    demonstration: () => ({ recording: 'demonstration' }),
    permissions: ({ abilities }) => ({ state: 'written', text: `kind: ClusterRole # ${abilities.join(' ')}\n` }),
    catalogue: [],
    readPolicy: () => Promise.reject(new Error('This example reads no policy.')),
    openActing: () => Promise.reject(new Error('This example does not act.')),
    openServing: () => Promise.reject(new Error('This example does not serve.')),
    ...settings.composition,
  };
  return {
    asked,
    run: async (...given) => {
      const written = { out: '', error: '' };
      const status = await runCommandLine({
        arguments: given,
        version: '1.2.3',
        terminal: {
          writeOut: (text) => void (written.out += text),
          writeError: (text) => void (written.error += text),
          input: Readable.from(settings.input === undefined ? [] : [settings.input]),
          isOutTerminal: false,
          isErrorTerminal: false,
          columns: undefined,
          environment: {},
          ...settings.terminal,
        },
        compose: () => Promise.resolve(composition),
        interruption: settings.interruption ?? new AbortController().signal,
        graceSeconds: settings.graceSeconds ?? 0,
      });
      return { status, ...written };
    },
  };
}
