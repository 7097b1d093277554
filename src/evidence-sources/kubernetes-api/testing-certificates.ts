import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

/** A certificate for tests, made on the spot so that no private key lies in the repository and none ever expires there. */
export interface TestCertificate {
  readonly certificate: string;
  readonly key: string;
}

interface Authority extends TestCertificate {
  readonly issue: (name: string, validity?: Validity) => TestCertificate;
}
type Validity = { readonly from: Date; readonly until: Date };

const always: Validity = { from: new Date('2020-01-01T00:00:00Z'), until: new Date('2049-12-31T00:00:00Z') };
export const longAgo: Validity = { from: new Date('2020-01-01T00:00:00Z'), until: new Date('2021-01-01T00:00:00Z') };

/** An authority whose certificates are good for 127.0.0.1 and for their name. */
export function testAuthority(name: string): Authority {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const certificate = signed({ name, issuer: name, publicKey, validity: always, isAuthority: true }, privateKey);
  return {
    certificate,
    key: pem(privateKey),
    issue(subject, validity = always) {
      const own = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      return {
        certificate: signed({ name: subject, issuer: name, publicKey: own.publicKey, validity, isAuthority: false }, privateKey),
        key: pem(own.privateKey),
      };
    },
  };
}

function pem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

interface Contents {
  readonly name: string;
  readonly issuer: string;
  readonly publicKey: KeyObject;
  readonly validity: Validity;
  readonly isAuthority: boolean;
}

/** X.509 version 3, RFC 5280. */
function signed({ name, issuer, publicKey, validity, isAuthority }: Contents, by: KeyObject): string {
  const basicConstraints = sequence(
    objectId(0x55, 0x1d, 0x13),
    octets(isAuthority ? sequence(tagged(0x01, Buffer.from([0xff]))) : sequence()),
  );
  const alternativeNames = sequence(
    objectId(0x55, 0x1d, 0x11),
    octets(sequence(tagged(0x82, Buffer.from(name)), tagged(0x87, Buffer.from([127, 0, 0, 1])))),
  );
  const contents = sequence(
    tagged(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ecdsaWithSha256,
    nameOf(issuer),
    sequence(time(validity.from), time(validity.until)),
    nameOf(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(basicConstraints, ...(isAuthority ? [] : [alternativeNames]))),
  );
  const signature = sign('sha256', contents, by);
  const certificate = sequence(contents, ecdsaWithSha256, tagged(0x03, Buffer.concat([Buffer.from([0]), signature])));
  return `-----BEGIN CERTIFICATE-----\n${certificate.toString('base64').replaceAll(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
}

function tagged(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(parts));
}

function integer(value: Buffer): Buffer {
  return tagged(0x02, value);
}

function octets(content: Buffer): Buffer {
  return tagged(0x04, content);
}

function objectId(...encoded: readonly number[]): Buffer {
  return tagged(0x06, Buffer.from(encoded));
}

function time(at: Date): Buffer {
  return tagged(
    0x17,
    Buffer.from(
      `${at
        .toISOString()
        .replaceAll(/[-:T]|\.\d+/g, '')
        .slice(2)}`,
    ),
  );
}

function nameOf(commonName: string): Buffer {
  return sequence(tagged(0x31, sequence(objectId(0x55, 0x04, 0x03), tagged(0x0c, Buffer.from(commonName)))));
}

const ecdsaWithSha256 = sequence(objectId(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02));
