import { incidentStoreContract } from '../incident-store.contract.ts';
import { incidentsInMemory } from './in-memory-incident-store.ts';

incidentStoreContract('in memory', () => ({
  open: incidentsInMemory({ hasEnded: (process) => process.startsWith('ended') }).open,
  remove: () => undefined,
}));
