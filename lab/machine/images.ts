import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { runProgram } from '../run-program.ts';
import { ensureCached } from './cache.ts';

interface Image {
  readonly repository: string;
  readonly tags: readonly string[];
  /** Program on this machine that becomes the image's entry point. */
  readonly program: string;
  /** The file system below the program: empty, or Debian's packet filter tools. */
  readonly base: 'empty' | 'busybox' | 'packet-filter';
}

export interface Programs {
  readonly kubernetes: string;
  readonly shop: string;
  readonly rootFileSystem: string;
}

/** Directory that the lab's registry serves: blobs by digest, and for each repository its tags. */
export async function ensureImages(programs: Programs): Promise<string> {
  const images: readonly Image[] = [
    { repository: 'pause', tags: ['3.10'], program: join(programs.shop, 'pause'), base: 'empty' },
    { repository: 'kube-proxy', tags: ['v1.34.4'], program: join(programs.kubernetes, 'kube-proxy'), base: 'packet-filter' },
    { repository: 'kube-router', tags: ['v2.2.1'], program: join(programs.kubernetes, 'kube-router'), base: 'packet-filter' },
    { repository: 'coredns', tags: ['v1.12.4'], program: join(programs.kubernetes, 'coredns'), base: 'empty' },
    { repository: 'shop/payment-service', tags: ['2.46.0', '2.47.0'], program: join(programs.shop, 'payment-service'), base: 'busybox' },
    { repository: 'shop/checkout', tags: ['1.18.2'], program: join(programs.shop, 'checkout'), base: 'busybox' },
    { repository: 'shop/errand', tags: ['0.3.0'], program: join(programs.shop, 'errand'), base: 'busybox' },
    { repository: 'shop/storefront', tags: ['1.4.0'], program: join(programs.shop, 'storefront'), base: 'busybox' },
  ];
  const key = createHash('sha256')
    .update(JSON.stringify([images, await readFile(import.meta.filename, 'utf8'), await readFile(finishing, 'utf8')]))
    .digest('hex')
    .slice(0, 16);
  return ensureCached({
    name: `images-${key}`,
    title: 'Making container images',
    make: async (directory) => {
      await mkdir(join(directory, 'blobs'));
      for (const image of images) await writeImage({ image, directory, rootFileSystem: programs.rootFileSystem });
    },
  });
}

async function writeImage({
  image,
  directory,
  rootFileSystem,
}: {
  image: Image;
  directory: string;
  rootFileSystem: string;
}): Promise<void> {
  const program = basename(image.program);
  const staging = join(directory, 'staging');
  await rm(staging, { recursive: true, force: true });
  await mkdir(join(staging, 'usr/local/bin'), { recursive: true });
  for (const path of baseFiles[image.base]) {
    await mkdir(join(staging, dirname(path)), { recursive: true });
    await runProgram(['cp', '--archive', '--no-target-directory', join(rootFileSystem, path), join(staging, path)]);
  }
  await copyFile(image.program, join(staging, 'usr/local/bin', program));
  await runProgram(['sh', finishing, staging]);
  const layer = join(directory, 'layer.tar');
  await runProgram(['tar', '--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner', '-C', staging, '-cf', layer, '.']);
  await rm(staging, { recursive: true });
  const layerDigest = await fileDigest(layer);
  const layerSize = (await stat(layer)).size;
  await rename(layer, join(directory, 'blobs', layerDigest));
  const variables = ['PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'];
  const configuration = {
    architecture: 'amd64',
    os: 'linux',
    config: { Entrypoint: [`/usr/local/bin/${program}`], Env: variables },
    rootfs: { type: 'layers', diff_ids: [layerDigest] },
  };
  for (const tag of image.tags) {
    // The tag is written into the configuration, so that every release has a digest of its own, as real releases have.
    const config = await writeBlob(directory, {
      ...configuration,
      config: { ...configuration.config, Labels: { 'org.opencontainers.image.version': tag } },
    });
    const manifest = await writeBlob(directory, {
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: config.digest, size: config.size },
      layers: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar', digest: layerDigest, size: layerSize }],
    });
    await mkdir(join(directory, image.repository, 'tags'), { recursive: true });
    await writeFile(join(directory, image.repository, 'tags', tag), manifest.digest);
  }
}

async function writeBlob(directory: string, value: unknown): Promise<{ readonly digest: string; readonly size: number }> {
  const text = JSON.stringify(value);
  const digest = `sha256:${createHash('sha256').update(text).digest('hex')}`;
  await writeFile(join(directory, 'blobs', digest), text);
  return { digest, size: Buffer.byteLength(text) };
}

async function fileDigest(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return `sha256:${hash.digest('hex')}`;
}

const finishing = join(import.meta.dirname, 'finish-image.sh');
const libraries = 'usr/lib/x86_64-linux-gnu';
/** kube-proxy and kube-router run iptables, conntrack and ipset: their images carry Debian's, with the libraries they are linked against. */
const baseFiles: Readonly<Record<Image['base'], readonly string[]>> = {
  empty: [],
  busybox: ['bin/busybox'],
  'packet-filter': [
    'bin/busybox',
    'usr/sbin/xtables-nft-multi',
    'usr/sbin/conntrack',
    'usr/sbin/ipset',
    `${libraries}/xtables`,
    ...['ld-linux-x86-64.so.2', 'libc.so.6', 'libm.so.6', 'libdl.so.2', 'libpthread.so.0'].map((name) => `${libraries}/${name}`),
    ...[
      'libipset.so.13',
      'libipset.so.13.4.0',
      'libxtables.so.12',
      'libxtables.so.12.7.0',
      'libmnl.so.0',
      'libmnl.so.0.2.0',
      'libnftnl.so.11',
      'libnftnl.so.11.6.0',
    ].map((name) => `${libraries}/${name}`),
    ...['libnetfilter_conntrack.so.3', 'libnetfilter_conntrack.so.3.8.0', 'libnfnetlink.so.0', 'libnfnetlink.so.0.2.0'].map(
      (name) => `${libraries}/${name}`,
    ),
  ],
};
