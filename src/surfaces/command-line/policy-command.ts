import { Argument, Command } from 'commander';
import { writeFailureLine } from '../../writing/failure-line.ts';
import { writePolicySummary } from '../../writing/policy-summary.ts';
import { oneLine } from '../../writing/terminal-safe.ts';
import type { ColourChoice } from './colours.ts';
import { layoutFor } from './layout-for.ts';
import { readText } from './option-values.ts';
import type { PolicyComposition, PolicyRequest } from './policy-composition.ts';
import { colourOption, examples } from './source-options.ts';
import type { Terminal } from './terminal.ts';

const exitStatuses = `
Exit status:
  0  it is a policy
  1  it is none; what is wrong stands on standard output, one line each
  3  it could not be read; one line on standard error says why
`;
const refusedStatus = 1;
const failedStatus = 3;

export function policyCommand(onRequest: (request: PolicyRequest) => void): Command {
  return new Command('policy')
    .description('Say what a policy file lets run without asking, or what is wrong with it. Nothing else is done.')
    .addArgument(new Argument('<file>', 'the policy').argParser(readText))
    .addOption(colourOption())
    .addHelpText('after', examples('stanch policy policy.yaml') + exitStatuses)
    .action((file: string, { color }: { readonly color: ColourChoice }) => onRequest({ command: 'policy', file, colour: color }));
}

/** Returns the exit status. */
export async function checkPolicy({ file, colour }: PolicyRequest, terminal: Terminal, { readPolicy }: PolicyComposition): Promise<number> {
  const read = await readPolicy(file);
  if (read.state === 'read') {
    terminal.writeOut(`${writePolicySummary(read.policy, layoutFor(terminal, colour)).join('\n')}\n`);
    return 0;
  }
  if (read.problems.length === 0) {
    terminal.writeError(`${writeFailureLine(read)}\n`);
    return failedStatus;
  }
  // As compilers write it, so that editors find the line.
  const lines = read.problems.map(({ line, at, says }) =>
    [file, ...(line === undefined ? [] : [String(line)]), ...(at === '' ? [] : [` ${at}`]), ` ${says}`].join(':'),
  );
  terminal.writeOut(`${lines.map(oneLine).join('\n')}\n`);
  return refusedStatus;
}
