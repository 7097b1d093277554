import type { CommandCheck } from '../domain/command-check.ts';
import { judgeCommand } from '../reasoning/judge-command.ts';
import { type Failed, type InvestigationInput, lookFirst } from './investigate.ts';

export type CommandCheckResult = { readonly state: 'done'; readonly check: CommandCheck } | Failed;

/**
 * Looks at the cluster as far as a mitigation needs it, and judges the command by what is seen. Nothing of the command
 * is carried out, and nothing of it reaches a shell.
 */
export async function checkCommand(input: InvestigationInput, command: string, cancelled: AbortSignal): Promise<CommandCheckResult> {
  const signal = AbortSignal.any([cancelled, AbortSignal.timeout(input.budgetMilliseconds)]);
  const look = await lookFirst({ ...input, announcer: onlyProgress(input.announcer) }, signal);
  if (look.state === 'failed') return look;
  const { assessment, plans } = look;
  return { state: 'done', check: judgeCommand({ command, assessment, plans, guardRails: input.guardRails }) };
}

/** Nobody asked for an investigation: its thoughts stay untold. */
function onlyProgress({ announce }: InvestigationInput['announcer']): InvestigationInput['announcer'] {
  return {
    announce: (happening) => {
      if (happening.kind === 'progress') announce(happening);
    },
  };
}
