import { serverStoreContract } from '../server-store.contract.ts';
import { serverStoreInMemory } from './server-store-in-memory.ts';

serverStoreContract('in memory', {
  seesProcesses: true,
  share: () => {
    const { open } = serverStoreInMemory({ hasEnded: (process) => process.startsWith('ended') });
    return Promise.resolve({ open: () => Promise.resolve(open()), setTime: () => Promise.resolve(), remove: () => Promise.resolve() });
  },
});
