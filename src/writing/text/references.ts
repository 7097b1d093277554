import type { Investigation, PublishedClaim } from '../../domain/investigation.ts';

/** Numbers for cited evidence: the same command has the same number, in order of first mention. */
export interface References {
  /** " [1][4]" to stand behind a claim. Empty: nothing of it can be looked up by a command. */
  readonly marks: (claims: readonly PublishedClaim[]) => string;
  /** Commands by number, the first is number 1. */
  readonly commands: readonly string[];
}

export function numberReferences(claims: readonly PublishedClaim[], evidence: Investigation['evidence']): References {
  const commandOf = (id: string): string | undefined => {
    const command = evidence[id]?.command;
    return command === '' ? undefined : command;
  };
  const commandsOf = (some: readonly PublishedClaim[]): readonly string[] => [
    ...new Set(some.flatMap((claim) => claim.citing).flatMap((id) => commandOf(id) ?? [])),
  ];
  const commands = commandsOf(claims);
  return {
    commands,
    marks: (some) => {
      const numbers = commandsOf(some)
        .map((command) => commands.indexOf(command) + 1)
        .filter((number) => number > 0);
      return numbers.length === 0
        ? ''
        : ` ${numbers
            .toSorted((a, b) => a - b)
            .map((number) => `[${number}]`)
            .join('')}`;
    },
  };
}
