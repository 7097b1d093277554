import { defineFailureMode, type Example } from '../../domain/failure-mode.ts';
import { exampleJudgedAlert } from '../../domain/example-happenings.ts';
import { subject } from '../../domain/subject.ts';

const found: Example = {
  story: 'The second look at the page says so.',
  given: { 'judged-alert': exampleJudgedAlert('transient') },
  finds: [subject('Alert', undefined, 'ErrorRateHigh')],
};
const notFound: Example = { story: 'The page is real.', given: { 'judged-alert': exampleJudgedAlert('real') } };

/** A verdict about the page itself: reasoning/verify-alert.ts reaches it, this file gives it a name and a remedy. */
export const alertTransient = defineFailureMode({
  id: 'alert-transient',
  title: 'The alert has passed by itself',
  role: 'cause',
  explanation: {
    whatItIs: 'The page was true when it was sent, and what it measures has been back to normal since.',
    howItLooks: 'The measurement crosses its threshold for a short while and returns; no replica fails.',
    whyItHappens: 'A burst of errors or load that ended by itself, or a threshold or duration too tight for this traffic.',
    whatStopsTheBleeding: 'Nothing needs stopping.',
    whatFixesIt: "Find what burst, in daylight; lengthen the alert's duration if nobody has to act on such bursts.",
    howToPreventIt: 'Alert on what users feel over a window that matches the objective, rather than on single spikes.',
  },
  sources: ['https://prometheus.io/docs/practices/alerting/', 'https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/'],
  needs: ['judged-alert'],
  helpedBy: [],
  explains: [],
  mitigations: [],
  recognise(facts) {
    const { alert, judgement, target } = facts['judged-alert'];
    const [first, ...more] = judgement.because;
    if (judgement.verdict !== 'transient' || first === undefined) return [];
    const page = subject('Alert', undefined, alert.name);
    return [{ subject: target ?? page, weight: 'strong', because: [first, ...more], affects: [page] }];
  },
  recognises: [found],
  isNotFooledBy: [notFound],
});
