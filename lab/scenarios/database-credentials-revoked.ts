import { deployment, type Scenario } from '../framework/scenario.ts';
import { onDatabase } from '../framework/shop.ts';

export const scenario: Scenario = {
  name: 'database-credentials-revoked',
  story: 'The database team changed the password of the role "payments"; every new connection is refused.',
  break: async () => {
    await onDatabase("alter role payments password 'winter-ebb-4410'");
  },
  alert: 'PaymentServiceErrorRate',
  expectation: { outcome: 'explained', failureMode: 'dependency-rejects-credentials', subject: deployment('payment-service') },
  heal: async () => {
    await onDatabase("alter role payments password 'spring-tide-9021'");
  },
};
