import { readFile } from 'node:fs/promises';
import { Command, Option } from 'commander';
import { writeFailureLine } from '../../writing/failure-line.ts';
import type { CommandRun } from './command-run.ts';
import type { McpRequest } from './mcp-request.ts';
import { addressLike, readText } from './option-values.ts';
import { examples } from './source-options.ts';

const failedStatus = 3;

export function mcpCommand(onRequest: (request: McpRequest) => void): Command {
  return new Command('mcp')
    .description(
      'Offer what a server knows to an assistant, over MCP on standard input and output. It reads, and opens incidents where the token may; it approves nothing.',
    )
    .addOption(
      new Option('--server <address>', 'address of the server').makeOptionMandatory().argParser(addressLike('https://stanch.example.com')),
    )
    .addOption(new Option('--token-file <file>', 'file with an access token').makeOptionMandatory().argParser(readText))
    .addHelpText('after', examples('stanch mcp --server https://stanch.example.com --token-file ~/.config/stanch/token'))
    .action(({ server, tokenFile }: { readonly server: string; readonly tokenFile: string }) =>
      onRequest({ command: 'mcp', server, tokenFile }),
    );
}

/** Returns the exit status. */
export async function runMcp({ server, tokenFile }: McpRequest, { terminal, interruption }: CommandRun): Promise<number> {
  const token = await readToken(tokenFile);
  if (token instanceof Error) {
    const happened = token.message;
    terminal.writeError(`${writeFailureLine({ attempted: `reading the token ${tokenFile}`, happened, whatToDo: 'Check the path' })}\n`);
    return failedStatus;
  }
  const { serveMcp } = await import('../mcp/serve-mcp.ts');
  await serveMcp({ server: { address: server, token }, input: terminal.input, signal: interruption });
  return 0;
}

async function readToken(path: string): Promise<string | Error> {
  try {
    const token = (await readFile(path, 'utf8')).trim();
    return token === '' ? new Error('it is empty') : token;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') return new Error('there is no such file');
    return error instanceof Error ? error : new Error(String(error));
  }
}
