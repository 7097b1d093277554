import { githubTarget } from '../delivery-targets/github/github-target.ts';
import { jiraTarget } from '../delivery-targets/jira/jira-target.ts';
import { mailTarget } from '../delivery-targets/mail/mail-target.ts';
import { pagerDutyTarget } from '../delivery-targets/pagerduty/pagerduty-target.ts';
import { slackTarget } from '../delivery-targets/slack/slack-target.ts';
import { webhookTarget } from '../delivery-targets/webhook/webhook-target.ts';
import type { DeliverySettings } from '../domain/server-settings.ts';
import type { DeliveryTarget } from '../ports/delivery-target.ts';

/** Whom the settings say is told. */
export function composeDeliveryTargets(deliveries: readonly DeliverySettings[]): readonly DeliveryTarget[] {
  return deliveries.map(targetOf);
}

function targetOf(settings: DeliverySettings): DeliveryTarget {
  switch (settings.kind) {
    case 'slack':
      return slackTarget(settings);
    case 'webhook':
      return webhookTarget(settings);
    case 'github':
      return githubTarget(settings);
    case 'jira':
      return jiraTarget(settings);
    case 'pagerduty':
      return pagerDutyTarget(settings);
    case 'mail':
      return mailTarget(settings);
  }
}
