import { catalogue } from '../catalogue/index.generated.ts';
import { type OpenedSources, pageFor, questionFor, wallClock, withExpression } from './sources.ts';
import { millisecondsPerSecond } from '../domain/instant.ts';
import type { InvestigationInput } from '../engine/investigate.ts';
import { guardRails } from '../guard-rails/index.generated.ts';
import { mitigations } from '../mitigations/index.generated.ts';
import type { Announcer } from '../ports/announcer.ts';
import type { Failure, SourceOptions } from '../surfaces/command-line/looking.ts';

export interface PreparedInput {
  readonly state: 'prepared';
  readonly investigation: InvestigationInput;
  /** The page as it was handed in, or as a recording brought it along. Absent: nobody was paged. */
  readonly page: string | undefined;
}

/** What an investigation takes, once its sources are open. */
export async function investigationInput(
  options: SourceOptions,
  opened: OpenedSources,
  { announcer, signal }: { readonly announcer: Announcer; readonly signal: AbortSignal },
): Promise<PreparedInput | Failure> {
  const page = pageFor(options, opened.savedPage);
  if (page.state === 'failed') return page;
  const budgetMilliseconds = options.budgetSeconds * millisecondsPerSecond;
  const alert =
    page.state === 'none'
      ? undefined
      : await withExpression(page.alert, opened.rules, AbortSignal.any([signal, AbortSignal.timeout(budgetMilliseconds)]));
  return {
    state: 'prepared',
    page: options.alert?.text ?? opened.savedPage,
    investigation: {
      question: questionFor(options, alert),
      sources: opened.sources,
      catalogue,
      mitigations,
      guardRails,
      announcer,
      gaps: [...opened.gaps, ...(page.state === 'none' ? page.gaps : [])],
      clock: wallClock,
      budgetMilliseconds,
    },
  };
}
