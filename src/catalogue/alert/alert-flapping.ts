import { defineFailureMode, type Example } from '../../domain/failure-mode.ts';
import { exampleJudgedAlert } from '../../domain/example-happenings.ts';
import { subject } from '../../domain/subject.ts';

const found: Example = {
  story: 'The second look at the page says so.',
  given: { 'judged-alert': exampleJudgedAlert('flapping') },
  finds: [subject('Alert', undefined, 'ErrorRateHigh')],
};
const notFound: Example = { story: 'The page is real.', given: { 'judged-alert': exampleJudgedAlert('real') } };

/** A verdict about the page itself: reasoning/verify-alert.ts reaches it, this file gives it a name and a remedy. */
export const alertFlapping = defineFailureMode({
  id: 'alert-flapping',
  title: 'The alert fires and resolves again and again',
  role: 'cause',
  explanation: {
    whatItIs: 'The alert comes and goes without anybody acting on it.',
    howItLooks: 'Several short firings within hours; the measurement swings around the threshold.',
    whyItHappens: 'A threshold inside the usual swing of this traffic, or a fault that comes and goes.',
    whatStopsTheBleeding: 'Lower the noise, never the guard: a critical page is still looked at.',
    whatFixesIt: 'Move the threshold or the window out of the usual swing, or mend the fault that comes and goes.',
    howToPreventIt: 'Alert on burn rates over two windows; add hysteresis by a longer duration.',
  },
  sources: ['https://prometheus.io/docs/practices/alerting/', 'https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/'],
  needs: ['judged-alert'],
  helpedBy: [],
  explains: [],
  mitigations: [],
  recognise(facts) {
    const { alert, judgement, target } = facts['judged-alert'];
    const [first, ...more] = judgement.because;
    if (judgement.verdict !== 'flapping' || first === undefined) return [];
    const page = subject('Alert', undefined, alert.name);
    return [{ subject: target ?? page, weight: 'strong', because: [first, ...more], affects: [page] }];
  },
  recognises: [found],
  isNotFooledBy: [notFound],
});
