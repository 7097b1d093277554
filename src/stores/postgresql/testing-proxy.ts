import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Stands between a store and its database, and cuts. For tests. */
export interface CuttingProxy {
  /** The folder of its socket, as a PostgreSQL address takes it. */
  readonly folder: string;
  /**
   * The next time that the predicate says so of what a client sends, both ends are cut: before it is passed on, or when the
   * database has answered and the client has not heard it yet. `connection`: its number, from 1.
   */
  readonly cutOnce: (when: (sent: string, connection: number) => boolean, how: 'before' | 'after') => void;
  /** From then on nothing passes, and nobody is told. */
  readonly fallSilent: () => void;
  /** Everything passes again, on new connections. */
  readonly recover: () => void;
  readonly close: () => Promise<void>;
}

interface Cut {
  readonly when: (sent: string, connection: number) => boolean;
  readonly how: 'before' | 'after';
}

/** `socket`: the database's own. */
export async function startProxy(socket: string): Promise<CuttingProxy> {
  const folder = mkdtempSync(join(tmpdir(), 'stanch-proxy-'));
  const open = new Set<Socket>();
  let cut: Cut | undefined;
  let isSilent = false;
  let connections = 0;
  const server = createServer((client) => {
    connections += 1;
    const connection = connections;
    const database = connect(socket);
    const ends = [client, database];
    const hangUp = (): void => ends.forEach((end) => end.destroy());
    for (const end of ends) {
      open.add(end);
      end.on('error', hangUp).on('close', hangUp);
    }
    let hearsNoMore = false;
    client.on('data', (bytes) => {
      const isHit = cut?.when(bytes.toString('latin1'), connection) === true;
      if (isHit && cut?.how === 'before') {
        cut = undefined;
        hangUp();
        return;
      }
      hearsNoMore ||= isHit;
      if (!isSilent) database.write(bytes);
    });
    database.on('data', (bytes) => {
      if (hearsNoMore) {
        cut = undefined;
        hangUp();
      } else if (!isSilent) client.write(bytes);
    });
  });
  await new Promise<void>((resolve) => server.listen(join(folder, '.s.PGSQL.5432'), () => resolve()));
  return {
    folder,
    cutOnce: (when, how) => {
      cut = { when, how };
    },
    fallSilent: () => {
      isSilent = true;
    },
    recover: () => {
      isSilent = false;
      for (const end of open) end.destroy();
    },
    close: async () => {
      for (const end of open) end.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      rmSync(folder, { recursive: true });
    },
  };
}
