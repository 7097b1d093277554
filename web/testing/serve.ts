// sh tools/run.sh web/testing/serve.ts [port]: the built page with the night of the first incident, which goes on by itself. Token: night.
import { investigate } from './investigations.ts';
import { approved, carriedOut, gateClosed, lookedAt, wholeAgain } from './night.ts';
import { PageServer } from './page-server.ts';
import { opened, type Step } from './told-incident.ts';

const stepMilliseconds = 1_500;
const id = '2026-11-21-1248-payment-service-k3f9';
const seed = await investigate('seed');
const at = new Date().toISOString();
const queue: Step[] = [...lookedAt(seed)];
const server = new PageServer({
  incidents: [opened(id, { at, alert: { name: 'PaymentServiceErrorRate', summary: 'payment-service 5xx rate > 5%' } })],
  tokens: { night: { name: 'ada', role: 'administer' } },
  answers: ({ to, body }, user) => {
    if (to === 'answer' && body['answer'] === 'yes') queue.push(...carriedOut(1));
    if (to === 'restore') queue.push(gateClosed, ...wholeAgain(seed));
    if (to === 'answer') return body['answer'] === 'yes' ? [approved(1, user.name)] : [() => ({ view: { state: 'needs-human' } })];
    if (to === 'notes') return [(_told, moment) => ({ view: { notes: { at: moment, by: user.name, text: String(body['text']) } } })];
    if (to === 'acknowledge') return [(_told, moment) => ({ view: { acknowledged: { at: moment, by: user.name } } })];
    return [];
  },
});
console.log(`${await server.listen(Number(process.argv[2] ?? 5199))}  token: night`);
setInterval(() => {
  const step = queue.shift();
  if (step !== undefined) server.happens(id, step);
}, stepMilliseconds);
