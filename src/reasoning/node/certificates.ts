import { type Instant, parseInstant } from '../../domain/instant.ts';

const month = '(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)';
const openssl = new RegExp(`notAfter ?[=:] ?${month} {1,2}(\\d{1,2}) (\\d\\d:\\d\\d:\\d\\d) (\\d{4}) GMT`);
const kubeadm = new RegExp(`^([\\w.-]+) +${month} (\\d\\d), (\\d{4}) (\\d\\d:\\d\\d) UTC`);

/** Expiry of certificates on the node, from `openssl x509 -enddate` or `kubeadm certs check-expiration`. */
export function parseCertificates(command: string, output: string): readonly { readonly path: string; readonly expiresAt: Instant }[] {
  let path = /(\/[^\s;|&'"]+\.(?:pem|crt|cert))/.exec(command)?.[1] ?? command;
  return output.split('\n').flatMap((line) => {
    const short = line.slice(0, 400);
    path = /^(?:==> |# |file=|path=)?(\/[^\s:]+\.(?:pem|crt|cert))\b/.exec(short)?.[1] ?? path;
    const single = openssl.exec(short);
    if (single !== null) return entry(path, `${single[2]} ${single[1]} ${single[4]} ${single[3]}`);
    const row = kubeadm.exec(short);
    return row === null ? [] : entry(row[1] ?? path, `${row[3]} ${row[2]} ${row[4]} ${row[5]}:00`);
  });
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** "10 Nov 2026 02:43:10", in UTC. */
function entry(path: string, written: string): readonly { readonly path: string; readonly expiresAt: Instant }[] {
  const [day = '', name = '', year = '', time = ''] = written.split(' ');
  const expiresAt = parseInstant(`${year}-${String(months.indexOf(name) + 1).padStart(2, '0')}-${day.padStart(2, '0')}T${time}Z`);
  return expiresAt === undefined ? [] : [{ path, expiresAt }];
}
