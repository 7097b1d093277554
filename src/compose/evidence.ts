import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import packageDescription from '../../package.json' with { type: 'json' };
import type { EvidenceKeeper } from '../engine/act/acting.ts';
import type { EvidenceTap } from '../ports/evidence-tap.ts';
import type { Recorder } from '../ports/recorder.ts';

export interface OpenedKeeper {
  readonly keeper: EvidenceKeeper;
  readonly tap: EvidenceTap;
  readonly discard: () => Promise<void>;
}

/** One recording for each attempt; what is read between two attempts belongs to the later one. */
export function evidenceKeeper(directory: string, page: string | undefined): OpenedKeeper {
  let current: Recorder | undefined;
  return {
    tap: {
      objects: (resource, objects) => current?.objects(resource, objects),
      log: (of, text) => current?.log(of, text),
    },
    discard: async () => current?.discard(),
    keeper: {
      async begin({ incident, attempt }) {
        await current?.discard();
        current = undefined;
        try {
          await mkdir(directory, { recursive: true, mode: 0o700 });
        } catch (problem) {
          const happened = problem instanceof Error ? problem.message : String(problem);
          return {
            state: 'failed',
            attempted: `making ${directory} for saved evidence`,
            happened,
            whatToDo: 'make room, or name another --database',
          };
        }
        const { openRecorder } = await import('../stores/recordings/open-recorder.ts');
        const opened = await openRecorder(join(directory, `${incident}-attempt-${attempt}`), { overwrites: true });
        if (opened.state === 'failed') return opened;
        current = opened.recorder;
        return undefined;
      },
      isBegun: () => current !== undefined,
      async keep(snapshot) {
        const recorder = current;
        current = undefined;
        if (recorder === undefined) throw new Error('Evidence is kept only after `begin`.');
        const written = await recorder.finish({
          snapshot,
          page,
          tool: `stanch ${packageDescription.version}`,
          origin: 'saved before a change',
        });
        return written.state === 'failed' ? written : { state: 'kept', path: written.path };
      },
    },
  };
}
