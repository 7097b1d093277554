import { citeObject, claimFromAll } from '../../src/domain/citation.ts';
import { without } from '../../src/domain/example.ts';
import { nightOfTheNode, nightOfTheRevision } from '../../src/domain/example-nights.ts';
import { defineMitigation } from '../../src/domain/mitigation.ts';

/** FILL IN: where the trouble must be for this to help, and what it does. */
export const placeholderName = defineMitigation({
  id: 'placeholder-id',
  title: 'FILL IN: the step as one would say it aloud',
  explanation: 'FILL IN: what it changes, what it leaves alone, and why that stops the bleeding',
  reversibility: 'undoable',
  // Without these no plan can be made. Each arrives below under its own name.
  needs: ['replicas'],
  // Each arrives as undefined where it could not be read. A precondition that rests on it is then "cannot-tell", which blocks.
  helpedBy: ['nodes'],
  // Every kind of change of its plans and their undo: the rights that it takes are derived from these.
  makes: ['pause-rollout', 'resume-rollout'],

  plan(situation, facts) {
    // Choose from the axis that separates failing from healthy replicas, not from the root cause.
    const { leading } = situation.blastRadius;
    if (leading?.axis !== 'FILL IN: the axis') return [];
    const why = claimFromAll(
      'FILL IN: why this, here',
      facts.replicas.failing.slice(0, 4).map((replica) => citeObject(replica.pod, 'FILL IN: the value that was seen')),
    );
    const [worst] = situation.scope.failing;
    if (why === undefined || worst === undefined) return [];
    return [
      {
        id: 'placeholder-id',
        subject: worst.workload,
        why,
        preconditions: [
          // Its id belongs into domain/precondition.ts; a shared one is better.
          {
            id: 'spare-capacity',
            claim: 'FILL IN: what must hold first',
            holds: facts.nodes === undefined ? 'cannot-tell' : 'yes',
            because: [],
          },
        ],
        // Commands that save what the changes would destroy.
        saveFirst: [],
        changes: [{ kind: 'pause-rollout', workload: worst.workload }],
        undo: [{ kind: 'resume-rollout', workload: worst.workload }],
        expectation: 'FILL IN: what must be seen, and within how long',
        undoWhen: 'FILL IN: what must be shown before the undo is safe',
      },
    ];
  },

  fits: [{ story: 'FILL IN: a world in which it may run', given: nightOfTheNode }],
  // For each precondition one world where it does not hold, and one where it cannot be told. A test counts them.
  blocks: [{ story: 'FILL IN', given: without(nightOfTheNode, 'nodes'), by: 'spare-capacity', holds: 'cannot-tell' }],
  doesNotFit: [{ story: 'FILL IN: the world that looks most like it', given: nightOfTheRevision }],
});
