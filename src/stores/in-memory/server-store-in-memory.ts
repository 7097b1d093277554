import type { ServerStore } from '../../ports/server-store.ts';
import { accessInMemory, type KeptAccess } from './access-in-memory.ts';
import { incidentsInMemory, type KeptIncidents, type MemorySettings } from './incidents-in-memory.ts';
import { jobsInMemory, type KeptJobs } from './jobs-in-memory.ts';
import { pagesInMemory, type KeptPages } from './pages-in-memory.ts';
import { openView } from './view.ts';

export interface SharedMemory {
  /** Another view of the same, as another process would have it. */
  readonly open: () => ServerStore;
}

/** Forgets everything with the process. For tests, and for a rehearsal that must leave no trace. */
export function serverStoreInMemory({ hasEnded }: MemorySettings = { hasEnded: () => false }): SharedMemory {
  const incidents: KeptIncidents = new Map();
  const pages: KeptPages = new Map();
  const jobs: KeptJobs = new Map();
  const access: KeptAccess = { tokens: new Map(), sessions: new Map(), audit: [] };
  return {
    open: () => {
      const { asked, close } = openView();
      return {
        incidents: { ...incidentsInMemory({ incidents, jobs, hasEnded }, asked), close },
        pages: pagesInMemory({ pages, jobs }, asked),
        jobs: jobsInMemory(jobs, asked),
        access: accessInMemory(access, asked),
        check: () => asked('asking the store', () => ({ state: 'ready' })),
        close,
      };
    },
  };
}
