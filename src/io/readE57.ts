/**
 * E57 (ASTM E2807): the scans of a file become one cloud, each where its pose puts it. Own code: npm has no
 * reader that is kept up. The XML is read by xmldom.
 */

import { FormatError } from '../core/errors.ts';
import type { ByteSource } from './byteSource.ts';
import { E57Cloud } from './e57Cloud.ts';
import { E57Pages } from './e57Pages.ts';
import { checkRecords, readVector } from './e57Vector.ts';
import { parseE57Xml } from './e57Xml.ts';
import type { RawCloud } from './finishCloud.ts';
import type { ReadHooks } from './report.ts';

const HEADER = 48;
/** The XML describes; points are elsewhere. */
const LARGEST_XML = 1 << 26;

/** @throws FormatError naming byte or part; CancelledError */
export async function readE57(file: string, source: ByteSource, hooks: ReadHooks): Promise<RawCloud> {
  const fail = (why: string) => new FormatError(file, 'E57 header', why);
  if (source.size < HEADER) throw fail('the file is cut off');
  const head = await source.read(0, HEADER);
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const [major, minor] = [view.getUint32(8, true), view.getUint32(12, true)];
  if (major !== 1) throw fail(`version ${major}.${minor} is not known`);
  const long = (at: number) => Number(view.getBigUint64(at, true));
  const pages = new E57Pages(file, source, long(40));
  if (long(16) > source.size)
    throw fail(`the file is cut off: it should have ${long(16)} bytes, it has ${source.size}`);
  const xmlLength = long(32);
  if (xmlLength > LARGEST_XML) throw fail(`an XML part of ${xmlLength} bytes cannot be`);
  const xml = new TextDecoder().decode(await pages.read(pages.logical(long(24)), xmlLength));
  const scans = parseE57Xml(file, xml).filter((scan) => scan.records > 0);
  checkRecords(file, pages, scans);
  const cloud = new E57Cloud(file, `E57 ${major}.${minor}`, scans);
  for (const scan of scans) cloud.add(scan, await readVector(file, pages, scan, hooks));
  return cloud.toRawCloud();
}
