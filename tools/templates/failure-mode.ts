import { citeObject, claim } from '../../src/domain/citation.ts';
import { examplePod } from '../../src/domain/example-objects.ts';
import { defineFailureMode } from '../../src/domain/failure-mode.ts';

/** FILL IN: one sentence, what goes wrong and where the cause lives. */
export const placeholderName = defineFailureMode({
  id: 'placeholder-id',
  title: 'FILL IN: what an engineer would call it',
  // A symptom is never the last word while a cause for the same subjects is visible.
  role: 'cause',
  explanation: {
    whatItIs: 'FILL IN: the mechanism, in a sentence or two',
    howItLooks: 'FILL IN: what a person sees first, and in which command',
    whyItHappens: 'FILL IN: the usual ways to get here',
    whatStopsTheBleeding: 'FILL IN: the quickest reversible step',
    whatFixesIt: 'FILL IN: the durable repair',
    howToPreventIt: 'FILL IN: the check, limit or alert that would have caught it',
  },
  // Where the conditions below are documented.
  sources: ['FILL IN: address of the documentation'],
  // Without these the verdict is "cannot tell". Each arrives below under its own name.
  needs: ['replicas'],
  // These make it surer or rule it out. Each arrives as undefined where it could not be read.
  helpedBy: ['events'],
  // Ids of failure modes that this one brings about in what it affects. Symptoms need not be listed.
  explains: [],
  // Ids of mitigations that fit, best first.
  mitigations: [],

  recognise(facts) {
    // Undefined means "could not be read", an empty list "was read, and there was none". The rule must keep them apart.
    const couldReadEvents = facts.events !== undefined;
    return facts.replicas.failing.map((replica) => ({
      subject: replica.workload,
      weight: couldReadEvents ? 'strong' : 'suggestive',
      because: [claim('FILL IN: what speaks for it', citeObject(replica.pod, 'FILL IN: the value that was seen'))],
      affects: [replica.workload],
    }));
  },

  recognises: [
    {
      story: 'FILL IN: a small world in which it happens, with the text that a real cluster writes',
      given: { pods: [examplePod({ name: 'cart-1-a', isReady: false })], events: [] },
    },
  ],
  // The world that looks most like it and is not. This example decides whether the rule is any good.
  isNotFooledBy: [
    {
      story: 'FILL IN: the lookalike, and why it is something else',
      given: { pods: [examplePod({ name: 'cart-1-a' })], events: [] },
    },
  ],
});
