import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** Where incidents are kept if nobody says otherwise: state of one user, as the XDG base directories have it. */
export function defaultDatabasePath(environment: { readonly [name: string]: string | undefined }): string {
  const state = environment['XDG_STATE_HOME'];
  // A relative path there is to be ignored: it would mean another place from every directory.
  return join(state !== undefined && isAbsolute(state) ? state : join(homedir(), '.local', 'state'), 'stanch', 'stanch.db');
}
