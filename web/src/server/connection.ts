/** Whether what is shown is what is so. */
export type Connection =
  | { readonly state: 'connecting' }
  | { readonly state: 'live'; readonly heardAt: number }
  /** `since`: when the server was heard last. */
  | { readonly state: 'lost'; readonly since: number };

export type ConnectionNews = { readonly kind: 'heard' | 'failed' | 'time-passed'; readonly at: number };

/** The server says that it is alive every 10 s; two of those missed and a little more is no coincidence. */
export const longestSilenceMilliseconds = 25_000;

export function withNews(connection: Connection, { kind, at }: ConnectionNews): Connection {
  switch (kind) {
    case 'heard':
      return { state: 'live', heardAt: at };
    case 'failed':
      return lost(connection, at);
    case 'time-passed':
      return connection.state === 'live' && at - connection.heardAt > longestSilenceMilliseconds ? lost(connection, at) : connection;
  }
}

function lost(connection: Connection, at: number): Connection {
  if (connection.state === 'lost') return connection;
  return { state: 'lost', since: connection.state === 'live' ? connection.heardAt : at };
}
