import { incidentStoreContract } from '../incident-store.contract.ts';
import { serverStoreContract } from '../server-store.contract.ts';
import { serverStoreInMemory } from './server-store-in-memory.ts';

incidentStoreContract('in memory', () => {
  const { open } = serverStoreInMemory({ hasEnded: (process) => process.startsWith('ended') });
  return { open: () => open().incidents, remove: () => undefined };
});

serverStoreContract('in memory', () => {
  const { open } = serverStoreInMemory();
  return { open: () => Promise.resolve(open()), setTime: () => Promise.resolve(), remove: () => Promise.resolve() };
});
