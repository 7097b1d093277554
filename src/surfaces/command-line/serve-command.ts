import { Command, Option } from 'commander';
import { type ActTimes, addTimeOptions, databaseOption, settingsOf } from './acting-commands.ts';
import type { CommandRequest } from './command-request.ts';
import { readPort, readText } from './option-values.ts';
import { addPlaceOptions, examples, type PlaceFlags, placeOf } from './source-options.ts';

interface ServeFlags extends PlaceFlags, ActTimes {
  readonly port: number;
  readonly host: string;
  readonly config?: string;
  readonly adminTokenFile?: string;
  readonly policy?: string;
  readonly database?: string;
}

/** None of those that Kubernetes, Prometheus and their relatives use. */
const usualPort = 8747;

const exitStatuses = `
Exit status:
  0  it was stopped, and put everything down in good order
  3  it could not start, or has a bug; one line on standard error says why
`;

export function serveCommand(onRequest: (request: CommandRequest) => void): Command {
  return addTimeOptions(addPlaceOptions(new Command('serve')))
    .description('Take pages, work each incident before somebody looks, show it, and carry out what is approved there.')
    .addOption(new Option('--port <number>', 'where to listen').argParser(readPort).default(usualPort))
    .addOption(new Option('--host <address>', 'on which address to listen').argParser(readText).default('127.0.0.1'))
    .addOption(
      new Option('--config <file>', 'secrets of webhooks, whom to tell, and under which address people reach it').argParser(readText),
    )
    .addOption(
      new Option('--admin-token-file <file>', "the administrator's token, made by you; without it the first server tells one").argParser(
        readText,
      ),
    )
    .addOption(new Option('--policy <file>', 'what may run without asking, where and how often').argParser(readText))
    .addOption(databaseOption())
    .addHelpText(
      'after',
      examples(
        'stanch serve',
        'stanch serve --prometheus http://localhost:9090 --config server.yaml',
        'stanch serve --policy policy.yaml --node-access ssh --allow-exec',
        'stanch serve --host 0.0.0.0 --port 8747 --database sqlite:/var/lib/stanch/stanch.db --config /etc/stanch/server.yaml',
      ) + exitStatuses,
    )
    .action((flags: ServeFlags, command: Command) => {
      const { port, host, config, adminTokenFile } = flags;
      onRequest({
        command: 'serve',
        request: {
          source: placeOf(flags, command),
          settings: settingsOf(flags),
          listen: { host, port },
          ...(config === undefined ? {} : { config }),
          ...(adminTokenFile === undefined ? {} : { adminTokenFile }),
        },
      });
    });
}
