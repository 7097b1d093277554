import type { Readable } from 'node:stream';
import packageDescription from '../../../package.json' with { type: 'json' };
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { operations } from '../../engine/operations/index.generated.ts';
import { createMcpServer } from './mcp-server.ts';
import { type RemoteServer, remoteTools } from './remote-tools.ts';

export interface McpOverStdio {
  readonly server: RemoteServer;
  readonly input: Readable;
  /** Ends it, as the end of the input does. */
  readonly signal: AbortSignal;
}

/** Speaks MCP over standard input and output until the input ends. */
export async function serveMcp({ server, input, signal }: McpOverStdio): Promise<void> {
  const run = remoteTools(server);
  const ended = new Promise<void>((resolve) => {
    input.once('end', resolve);
    input.once('close', resolve);
    signal.addEventListener('abort', () => resolve());
  });
  const handle = serveStdio(() => createMcpServer({ operations, version: packageDescription.version, run }));
  await ended;
  await handle.close();
}
