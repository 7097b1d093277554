import type { Investigation } from '../../src/domain/investigation.ts';

/** The whole answer without its prose: what a human would be told to believe and to do. */
export function answerOf(investigation: Investigation): unknown {
  const { outcome, alert, onset, scope, changes, hypotheses, mitigations } = investigation;
  const leading = scope.axes
    .filter((axis) => axis.verdict === 'separates' || axis.verdict === 'suggestive')
    .map((axis) => `${axis.axis} ${axis.value}: ${axis.verdict}`);
  return {
    outcome,
    alert: alert.verdict,
    ...(onset === undefined ? {} : { onset: onset.at }),
    target: scope.target,
    failing: scope.failing.length,
    healthy: scope.healthy.length,
    axes: leading,
    changes: changes
      .filter((change) => change.standing !== 'unrelated')
      .map((change) => `${change.standing}: ${change.kind} ${change.subject.name}`),
    roots: hypotheses.filter((each) => each.root).map(({ failureMode, subject, confidence }) => ({ failureMode, subject, confidence })),
    mitigations: mitigations.map(({ id, subject, blocked }) => ({ id, subject, blocked })),
  };
}
