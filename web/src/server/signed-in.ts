import { createContext, useContext } from 'react';
import type { Session } from '../../../src/surfaces/http/contract.ts';

type User = NonNullable<Session['user']>;

export const SignedIn = createContext<User>({ name: '', role: 'view' });

export function useUser(): User {
  return useContext(SignedIn);
}

/** True: whoever is signed in may answer, undo and the like. */
export function useMayOperate(): boolean {
  return useUser().role !== 'view';
}
