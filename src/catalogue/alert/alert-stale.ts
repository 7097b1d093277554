import { defineFailureMode, type Example } from '../../domain/failure-mode.ts';
import { exampleJudgedAlert } from '../../domain/example-happenings.ts';
import { subject } from '../../domain/subject.ts';

const found: Example = {
  story: 'The second look at the page says so.',
  given: { 'judged-alert': exampleJudgedAlert('stale') },
  finds: [subject('Alert', undefined, 'ErrorRateHigh')],
};
const notFound: Example = { story: 'The page is real.', given: { 'judged-alert': exampleJudgedAlert('real') } };

/** A verdict about the page itself: reasoning/verify-alert.ts reaches it, this file gives it a name and a remedy. */
export const alertStale = defineFailureMode({
  id: 'alert-stale',
  title: 'The alert rests on data that no longer arrives',
  role: 'cause',
  explanation: {
    whatItIs: 'The page speaks of the past: what it measures is not collected any more.',
    howItLooks: 'The scrape target is down or its last sample is old, and the alert still fires on it.',
    whyItHappens: 'The exporter or the scrape failed, the target was removed, or the network between them broke.',
    whatStopsTheBleeding: 'Judge the service by other means and mend the scrape.',
    whatFixesIt: 'Bring the scrape target back; check its address, its port, its credentials and the policies between.',
    howToPreventIt: 'Alert on the absence of data beside every alert on its value.',
  },
  sources: ['https://prometheus.io/docs/practices/alerting/', 'https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/'],
  needs: ['judged-alert'],
  helpedBy: [],
  explains: [],
  mitigations: [],
  recognise(facts) {
    const { alert, judgement, target } = facts['judged-alert'];
    const [first, ...more] = judgement.because;
    if (judgement.verdict !== 'stale' || first === undefined) return [];
    const page = subject('Alert', undefined, alert.name);
    return [{ subject: target ?? page, weight: 'strong', because: [first, ...more], affects: [page] }];
  },
  recognises: [found],
  isNotFooledBy: [notFound],
});
