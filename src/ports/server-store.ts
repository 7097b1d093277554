import type { AccessStore } from './access-store.ts';
import type { IncidentStore, StoreFailure } from './incident-store.ts';
import type { JobQueue } from './job-queue.ts';
import type { PageIntake } from './page-intake.ts';

/** Everything that a server keeps, in one database, so that an event and the job that it causes are stored together. */
export interface ServerStore {
  readonly incidents: IncidentStore;
  readonly pages: PageIntake;
  readonly jobs: JobQueue;
  readonly access: AccessStore;
  /** Whether it answers now, for readiness. */
  readonly check: () => Promise<{ readonly state: 'ready' } | StoreFailure>;
  readonly close: () => Promise<void>;
}
