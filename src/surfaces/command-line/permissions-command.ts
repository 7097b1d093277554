import { Command, InvalidArgumentError, Option } from 'commander';
import { abilities, type Ability } from '../../domain/ability.ts';
import type { CommandRequest } from './command-request.ts';
import { ListOption, readText } from './option-values.ts';
import { examples } from './source-options.ts';

interface PermissionsFlags {
  readonly only?: readonly Ability[];
  readonly mitigations?: readonly string[];
}

export function permissionsCommand(onRequest: (request: CommandRequest) => void): Command {
  return new Command('permissions')
    .description('Print ClusterRoles: what Stanch reads, and separate ones for what flags and approvals let it do.')
    .addOption(new ListOption('--only <abilities>', `of ${abilities.join(', ')}: these`, abilities).argParser(readAbilities))
    .addOption(new Option('--mitigations <ids>', 'what act may carry out, for example cordon-node,scale-out').argParser(readIds))
    .addHelpText(
      'after',
      examples(
        'stanch permissions | kubectl apply -f -',
        'stanch permissions --only read,act --mitigations cordon-node,uncordon-node',
        'kubectl create clusterrolebinding stanch-read --clusterrole stanch-read --user oncall@example.com',
      ),
    )
    .action(({ only = abilities, mitigations }: PermissionsFlags) =>
      onRequest({ command: 'permissions', wish: { abilities: only, ...(mitigations === undefined ? {} : { mitigations }) } }),
    );
}

function readAbilities(written: string): readonly Ability[] {
  return readIds(written).map((name) => {
    const ability = abilities.find((each) => each === name);
    if (ability === undefined) throw new InvalidArgumentError(`There are: ${abilities.join(', ')}.`);
    return ability;
  });
}

/** Separated by commas, each once. */
function readIds(written: string): readonly string[] {
  return [...new Set(written.split(',').map((each) => readText(each).trim()))];
}
